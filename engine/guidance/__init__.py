"""Vision-language models behind one protocol, and what is made from them."""
