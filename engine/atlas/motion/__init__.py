"""How a clip moves: optical flow, and the motion of camera and object over the whole clip."""
