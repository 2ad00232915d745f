"""Text2LIVE (Bar-Tal et al., ECCV 2022): a generator trained on one input to paint an edit layer."""
