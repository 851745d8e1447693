"""An encoder's weights in four bits each on disk, and how it is trained to bear that.

Weights are cut in groups of 64 of a row, which share a scale; within it each is one of the 16
levels of NormalFloat (Dettmers et al. 2023, QLoRA: https://arxiv.org/abs/2305.14314). They are
computed with in full precision.

Imported where it is needed alone, see `encoder`: the small pipeline does without torch.
"""

from io import BytesIO
from typing import Any, Self

import srsly
import torch
from numpy import ndarray
from spacy_transformers.layers.hf_shim import HFShim
from torch import Tensor, nn

from cablespan.components.network import packing
from cablespan.components.network.packing import GROUP

LEVELS = torch.tensor(packing.LEVELS)
BORDERS = (LEVELS[1:] + LEVELS[:-1]) / 2
# The two levels of each byte.
PAIRS = torch.cartesian_prod(LEVELS, LEVELS)
# A half's smallest number that is not coarser than the others.
SMALLEST = 2**-14
LOOKED_UP_EVERY = 16


def pack(weights: Tensor) -> tuple[Tensor, Tensor]:
    """Codes of a matrix, two a byte, and the scales of its groups, in half precision.

    >>> codes, scales = pack(torch.eye(64))
    >>> codes.shape, scales.shape, torch.equal(unpack(codes, scales), torch.eye(64))
    (torch.Size([64, 32]), torch.Size([64, 1]), True)
    """
    groups = weights.float().reshape(len(weights), -1, GROUP)
    scales = groups.abs().amax(-1).clamp_min(SMALLEST).half()
    codes = torch.bucketize(groups / scales.float().unsqueeze(-1), BORDERS.to(groups.device))
    codes = codes.to(torch.uint8).reshape(len(weights), -1)
    return codes[:, ::2] << 4 | codes[:, 1::2], scales


def unpack(codes: Tensor, scales: Tensor) -> Tensor:
    """The matrix of such codes and scales."""
    levels = PAIRS.to(codes.device).index_select(0, codes.flatten().int())
    groups = levels.reshape(*scales.shape, GROUP) * scales.float().unsqueeze(-1)
    return groups.reshape(len(codes), -1)


def rounded(weights: Tensor) -> Tensor:
    """The matrix that is left of another after `pack`."""
    return unpack(*pack(weights))


def can_be_packed(weights: Tensor) -> bool:
    """Whether these are a matrix whose rows are whole groups."""
    return weights.dim() == 2 and weights.shape[1] % GROUP == 0


def round_encoder(encoder: nn.Module, *, learns: bool = False) -> None:
    """Rounds all matrices of an encoder.

    `learns`: those of linear layers that have a gradient are kept as they are and rounded whenever
    they are computed with; the gradient passes that as if it were nothing (Bengio et al. 2013, the
    straight-through estimator: https://arxiv.org/abs/1308.3432).
    """
    for module in encoder.modules():
        weights = getattr(module, "weight", None)
        if weights is None or not can_be_packed(weights):
            continue
        if learns and weights.requires_grad and isinstance(module, nn.Linear):
            module.forward = _RoundedLinear(module)
        else:
            weights.data = rounded(weights.data)


class _RoundedLinear:
    """How a linear layer computes with its weights rounded.

    What rounding changes is looked up every few calls: it takes as long as a step of training, in
    which hardly a weight gets another code.
    """

    def __init__(self, layer: nn.Linear) -> None:
        self.layer = layer
        self.change = torch.empty(0)
        self.calls = 0

    def __call__(self, inputs: Tensor) -> Tensor:
        weights = self.layer.weight
        if self.calls % LOOKED_UP_EVERY == 0:
            self.change = rounded(weights.detach()) - weights.detach()
        self.calls += 1
        return nn.functional.linear(inputs, weights + self.change, self.layer.bias)


class PackingShim(HFShim):
    """spacy-transformers' shim; matrices that are rounded lie in its bytes packed, the others as
    they are: nothing is lost."""

    def to_bytes(self) -> bytes:
        """As spaCy's."""
        message = srsly.msgpack_loads(super().to_bytes())
        if self._hfmodel.transformer is not None:
            state = self._model.state_dict()
            message["state"] = {name: _packed(kept.cpu()) for name, kept in state.items()}
        return srsly.msgpack_dumps(message)

    def from_bytes(self, data: bytes) -> Self:
        """As spaCy's."""
        message = srsly.msgpack_loads(data)
        if message["state"]:
            state = _unpacked(message["state"])
            file = BytesIO()
            torch.save(state, file)
            message["state"] = file.getvalue()
        return super().from_bytes(srsly.msgpack_dumps(message))


def _packed(weights: Tensor) -> ndarray | tuple[ndarray, ndarray]:
    if can_be_packed(weights):
        codes, scales = pack(weights)
        if torch.equal(unpack(codes, scales).to(weights.dtype), weights):
            return codes.numpy(), scales.numpy()
    return weights.numpy()


def _unpacked(state: dict[str, Any] | bytes) -> dict[str, Tensor]:
    if isinstance(state, dict):
        return {name: torch.tensor(packing.unpacked(kept)) for name, kept in state.items()}
    # As 0.2 stored it.
    loaded = torch.load(BytesIO(state), map_location="cpu", weights_only=True)
    return {
        name: unpack(*kept) if isinstance(kept, tuple) else kept for name, kept in loaded.items()
    }
