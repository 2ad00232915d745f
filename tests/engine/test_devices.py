import os
import sys
import threading

import cv2
import numpy as np
import pytest
import torch

from engine import devices
from engine.devices import choose_device, core_count, out_of_memory_advice, set_up_command_line, set_up_engine_thread
from engine.errors import UserError


@pytest.mark.parametrize(
    ("wanted", "there", "chosen"),
    [("auto", True, "cuda"), ("auto", False, "cpu"), ("cpu", True, "cpu"), ("cuda", True, "cuda")],
)
def test_the_device_is_what_is_wanted_where_it_is_there(
    monkeypatch: pytest.MonkeyPatch, wanted: str, there: bool, chosen: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert choose_device(wanted) == chosen


def test_an_absent_graphics_card_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match="auto"):
        choose_device("cuda")


class Policy:
    """What a set-up did, on a thread of its own and to torch."""

    def __init__(self, set_up: object, monkeypatch: pytest.MonkeyPatch) -> None:
        self.threads: list[int] = []
        self.niceness = 0
        monkeypatch.setattr(torch, "set_num_threads", self.threads.append)
        worker = threading.Thread(target=self._run, args=[set_up])
        worker.start()
        worker.join()

    def _run(self, set_up: object) -> None:
        assert callable(set_up)
        set_up()
        if sys.platform == "linux":
            self.niceness = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a niceness of their own on Linux alone")
def test_the_engine_thread_alone_gets_a_lower_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    policy = Policy(set_up_engine_thread, monkeypatch)
    assert policy.niceness == max(before, devices.ENGINE_NICENESS)
    assert policy.threads == [core_count()]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_a_core_is_left_to_the_window_where_priority_is_not_handed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_lower_priority", lambda: False)
    for cores, expected in ((8, 7), (1, 1)):
        monkeypatch.setattr(devices, "core_count", lambda cores=cores: cores)
        assert Policy(set_up_engine_thread, monkeypatch).threads == [expected]


def test_the_command_line_takes_all_cores_at_its_own_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = Policy(set_up_command_line, monkeypatch)
    assert policy.threads == [core_count()]
    if sys.platform == "linux":
        assert policy.niceness == os.getpriority(os.PRIO_PROCESS, 0)


def test_cores_are_those_that_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1 <= core_count() <= (os.cpu_count() or 1)
    monkeypatch.setattr(devices.psutil, "cpu_count", lambda logical: None)  # some virtual machines do not tell
    assert core_count() >= 1


def test_advice_is_given_for_memory_alone() -> None:
    with pytest.raises(RuntimeError) as torch_refusal:
        torch.empty(10**15)
    with pytest.raises(MemoryError) as numpy_refusal:
        np.empty(10**15)
    with pytest.raises(cv2.error) as opencv_refusal:
        cv2.copyMakeBorder(np.zeros((1, 1), np.uint8), 2**30, 2**30, 2**30, 2**30, cv2.BORDER_CONSTANT)
    assert out_of_memory_advice(torch_refusal.value) == devices.OUT_OF_MEMORY
    assert out_of_memory_advice(numpy_refusal.value) == devices.OUT_OF_MEMORY
    assert out_of_memory_advice(opencv_refusal.value) == devices.OUT_OF_MEMORY
    assert out_of_memory_advice(torch.OutOfMemoryError("CUDA out of memory.")) == devices.OUT_OF_GPU_MEMORY
    assert out_of_memory_advice(RuntimeError("mat1 and mat2 shapes cannot be multiplied")) == ""
