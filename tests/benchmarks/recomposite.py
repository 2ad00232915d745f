"""How near the ffmpeg program's composite of a delivered layer comes to Patina's own, for every RGBA format, as JSON.

A layer with soft edges, and with all colours in it, is written in each format and laid over the source by two filters
of the ffmpeg program: `overlay`, which computes in 8 bits, and `maskedmerge`, which computes in 16. Each PSNR is
against `engine.compositing.over`, over all frames. OpenEXR is written with straight alpha, as the ffmpeg program turns
linear light into display values without regard to alpha.

    python tests/benchmarks/recomposite.py [--frames 3] [--ffmpeg PROGRAM]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np

from engine.colour import from_uint, to_uint16
from engine.compositing import over
from engine.delivery.pictures import write_picture
from engine.media.formats import FORMATS, Format
from engine.media.sample import sample_picture
from engine.media.stills import read_still
from engine.media.writers.movie import open_movie
from engine.media.writers.slate import Slate

SIZE = (640, 360)
RATE = Fraction(24)
EXACT = "flags=accurate_rnd+full_chroma_int+full_chroma_inp+bicubic"
MATRIX = f"scale=in_color_matrix=bt709:in_range=auto:{EXACT}"
TO_DISPLAY = "format=gbrapf32le,zscale=transferin=linear:transfer=iec61966-2-1"
OVERLAY = "[0]format=gbrp[source];[1]{display},format=gbrap[layer];[source][layer]overlay=format=gbrp:alpha=straight"
MERGE = (
    "[0]format=gbrp16le[source];[1]{display},format=gbrap16le,extractplanes=r+g+b+a[r][g][b][a];"
    "[g][b][r]mergeplanes=0x001020:gbrp16le[colour];[a]split=3[x][y][z];[x][y][z]mergeplanes=0x001020:gbrp16le[matte];"
    "[source][colour][matte]maskedmerge"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=3)
    parser.add_argument("--ffmpeg", default=imageio_ffmpeg.get_ffmpeg_exe(), help="default: the one of imageio-ffmpeg")
    options = parser.parse_args()
    source, layers = frames(options.frames)
    wanted = [over(layer, source) for layer in layers]
    figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_picture(folder / "source.png", source, FORMATS["png"], Slate(SIZE), "straight")
        for form in FORMATS.values():
            if form.alpha is not None:
                layer = written(form, layers, folder)
                figures[form.name] = {
                    title: composited(options.ffmpeg, folder / "source.png", layer, form, filters, wanted)
                    for title, filters in (("overlay_db", OVERLAY), ("maskedmerge_db", MERGE))
                }
                print(form.name, figures[form.name], file=sys.stderr)
    json.dump(figures, sys.stdout, indent=2)
    print()


def frames(count: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the source (H, W, 3), and layers (H, W, 4): it in false colours, behind a soft drifting disc."""
    width, height = SIZE
    still = cv2.resize(read_still(sample_picture()).rgb, SIZE, interpolation=cv2.INTER_AREA)
    source = from_uint(to_uint16(still))
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    layers = []
    for index in range(count):
        distance = np.hypot(columns - width * (0.4 + 0.1 * index), rows - height / 2)
        alpha = np.clip((height * 0.45 - distance) / 60, 0, 1)
        colour = np.roll(1 - source[:, ::-1], index, axis=2)
        layers.append(from_uint(to_uint16(np.dstack([colour, alpha]))))
    return source, layers


def written(form: Format, layers: Sequence[np.ndarray], folder: Path) -> Path:
    """Return the movie, or the pattern of the pictures, that holds the layers, straight."""
    slate = Slate(SIZE, RATE)
    if form.is_movie:
        file = folder / f"{form.name}{form.suffix}"
        with open_movie(file, slate, form.name, "straight", has_alpha=True) as movie:
            for layer in layers:
                movie.write(layer)
        return file
    for number, layer in enumerate(layers):
        write_picture(folder / f"{form.name}.{number:04d}{form.suffix}", layer, form, slate, "straight")
    return folder / f"{form.name}.%04d{form.suffix}"


def composited(
    ffmpeg: str, source: Path, layer: Path, form: Format, filters: str, wanted: Sequence[np.ndarray]
) -> float:
    """Return the PSNR of the ffmpeg program's composites, dB."""
    decoder = ["-c:v", "libvpx-vp9"] if form.name == "vp9" else []  # FFmpeg's own decoder drops the alpha
    filters = filters.format(display=TO_DISPLAY if form.is_linear else MATRIX)
    rate = str(RATE)
    command = [ffmpeg, "-v", "error", "-loop", "1", "-framerate", rate, "-i", str(source)]
    command += [*decoder, "-r", rate, "-i", str(layer)]
    command += ["-filter_complex", f"{filters},format=gbrp16le,format=rgb48le", "-frames:v", str(len(wanted))]
    done = subprocess.run([*command, "-f", "rawvideo", "-"], capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    pictures = np.frombuffer(done.stdout, np.uint16).reshape(len(wanted), *wanted[0].shape)
    errors = [np.square(from_uint(seen) - each).mean() for seen, each in zip(pictures, wanted, strict=True)]
    return round(float(-10 * np.log10(np.mean(errors))), 1)


if __name__ == "__main__":
    main()
