"""Where the engine computes: the device, the threads and their priority, and what to advise when memory runs out."""

import os
import sys
import threading

import psutil

from engine.errors import UserError

ENGINE_NICENESS = 10
OUT_OF_MEMORY = (
    "There is not enough memory for this edit; close other programs, or choose a lower quality or a smaller size."
)
OUT_OF_GPU_MEMORY = (
    "The graphics card ran out of memory; choose a lower quality or a smaller size, or the device “cpu”."
)
# What torch (elsewhere, and on Windows) and OpenCV say where memory runs out; they raise no MemoryError.
ALLOCATION_FAILED = ("can't allocate memory", "not enough memory: you tried to allocate", "Insufficient memory")


def choose_device(wanted: str) -> str:
    """Return the torch device for ``wanted`` (auto, cpu or cuda): auto is cuda where there is one.

    Raises UserError where cuda is wanted and there is none.
    """
    if wanted == "cpu":
        return "cpu"
    import torch  # takes seconds; the window must not wait for it

    if torch.cuda.is_available():
        return "cuda"
    if wanted == "cuda":
        raise UserError("No CUDA graphics card was found; choose the device “auto” or “cpu”.")
    return "cpu"


def set_up_engine_thread() -> None:
    """Prepare the calling thread for long computations beside a window that must stay responsive.

    To be called before torch computes anything on this thread: torch's own threads take over its priority where the
    system hands that down, and elsewhere one core is left to the window.
    """
    inherited = _lower_priority()
    _set_torch_threads(core_count() if inherited else max(1, core_count() - 1))


def set_up_command_line() -> None:
    """Prepare the calling thread for long computations that nobody waits beside: all cores, normal priority."""
    _set_torch_threads(core_count())


def core_count() -> int:
    """Return the number of physical cores that this process may use, at least 1.

    Two threads on one core only take turns at its arithmetic units, so logical cores are not counted.
    """
    usable = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, min(usable, psutil.cpu_count(logical=False) or usable))


def out_of_memory_advice(error: BaseException) -> str:
    """Return a sentence for the user where ``error`` says that memory ran out, an empty text otherwise."""
    torch = sys.modules.get("torch")  # not loaded: the error cannot be torch's
    if torch is not None and isinstance(error, torch.OutOfMemoryError):
        return OUT_OF_GPU_MEMORY
    if isinstance(error, MemoryError) or any(words in str(error) for words in ALLOCATION_FAILED):
        return OUT_OF_MEMORY
    return ""


def _lower_priority() -> bool:
    """Lower the calling thread's priority; return whether the threads that it starts get the same."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        niceness = max(os.getpriority(os.PRIO_PROCESS, thread), ENGINE_NICENESS)
        os.setpriority(os.PRIO_PROCESS, thread, niceness)
        return True
    if sys.platform == "win32":
        import ctypes

        below_normal = -1
        kernel = ctypes.windll.kernel32
        kernel.GetCurrentThread.restype = ctypes.c_void_p
        kernel.SetThreadPriority.argtypes = (ctypes.c_void_p, ctypes.c_int)
        kernel.SetThreadPriority(kernel.GetCurrentThread(), below_normal)
    return False


def _set_torch_threads(count: int) -> None:
    import torch  # takes seconds; the window must not wait for it

    torch.set_num_threads(count)
