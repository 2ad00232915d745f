"""Delivery formats: one module a format. All take float pictures in display space, straight alpha, and convert them."""
