from dataclasses import replace

import pytest
import torch
from timm.optim.madgrad import MADGRAD

from engine.text2live.optimizing import LAST_RATE, learning_rate, optimizer_for
from engine.text2live.settings import OPEN_QUALITIES, STARTER_QUALITIES


def test_a_cosine_warms_up_and_fades():
    settings = replace(STARTER_QUALITIES["standard"], steps=100)
    rates = [learning_rate(step, settings) for step in range(100)]

    assert rates[0] < rates[4] < max(rates)
    assert max(rates) <= settings.learning_rate * 1.01
    assert rates[-1] < 0.01 * settings.learning_rate


def test_the_papers_rate_falls_by_a_hundredth_a_step_and_stops_at_its_floor():
    paper = OPEN_QUALITIES["paper"]

    assert learning_rate(0, paper) == 2.5e-3
    assert learning_rate(10, paper) == pytest.approx(2.5e-3 * 0.99**10)
    assert learning_rate(999, paper) == LAST_RATE == 1e-5


def test_the_paper_learns_by_madgrad_and_the_other_qualities_by_adam():
    module = torch.nn.Linear(2, 2)

    assert isinstance(optimizer_for(module, OPEN_QUALITIES["paper"]), MADGRAD)
    assert isinstance(optimizer_for(module, OPEN_QUALITIES["standard"]), torch.optim.Adam)
