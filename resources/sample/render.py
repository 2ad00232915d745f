"""Renders the bundled sample clip and its mask: ``python -m resources.sample.render``."""

from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from engine.media.sample import sample_clip, sample_clip_mask
from resources.sample.scene import RATE, SampleTruth

# Near-transparent H.264: the file stays under a megabyte, and truth measured on the scene holds on the clip.
ENCODER = {"crf": "13", "preset": "veryslow"}
BT709 = 1


def render(clip: Path, mask: Path) -> None:
    """Write the sample scene as a movie to ``clip`` and the cat's place on its first frame to ``mask``."""
    truth = SampleTruth()
    with av.open(clip, "w") as movie:
        stream = movie.add_stream("libx264", RATE, options=ENCODER)
        stream.width, stream.height, stream.pix_fmt = truth.width, truth.height, "yuv420p"
        context = stream.codec_context
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = ColorRange.MPEG
        for index in range(truth.frames):
            movie.mux(stream.encode(_yuv(truth.frame(index))))
        movie.mux(stream.encode(None))
    cv2.imwrite(str(mask), (truth.matte(0) > 0.5).astype(np.uint8) * 255)


def _yuv(rgb: NDArray[np.uint8]) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)


if __name__ == "__main__":
    render(sample_clip(), sample_clip_mask())
