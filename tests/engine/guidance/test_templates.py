"""Sentences around a prompt."""

from engine.guidance.templates import GREEN_SCREEN_TEMPLATES, TEMPLATES, filled, split_texts


def test_every_template_takes_the_text_once() -> None:
    sentences = filled((*TEMPLATES, *GREEN_SCREEN_TEMPLATES), "a {golden} horse")
    assert all(sentence.count("a {golden} horse") == 1 for sentence in sentences)
    assert len(set(sentences)) == len(TEMPLATES) + 2


def test_semicolons_part_several_texts() -> None:
    assert split_texts("a golden horse; a horse of gold ;; ") == ("a golden horse", "a horse of gold")
    assert split_texts("smoke, thick and grey") == ("smoke, thick and grey",)
    assert split_texts(" ; ") == ("",)
