"""Weights in four bits: what is rounded is stored packed and comes back as it was, what is not
rounded is left alone, and an encoder learns through the rounding."""

import doctest
from types import SimpleNamespace

import pytest
import torch
from spacy_transformers.data_classes import HFObjects
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import MPNetConfig, MPNetModel, PreTrainedTokenizerFast

from cablespan.components.network import rounding
from cablespan.components.network.encoder import tune_encoder
from cablespan.components.network.rounding import (
    GROUP,
    PackingShim,
    can_be_packed,
    round_encoder,
    rounded,
)


def test_examples_run():
    assert doctest.testmod(rounding) == (0, 2)


def small_encoder() -> MPNetModel:
    torch.manual_seed(0)
    sizes = {"num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 2 * GROUP}
    return MPNetModel(MPNetConfig(vocab_size=50, hidden_size=GROUP, **sizes)).eval()


def shim(encoder: MPNetModel | None) -> PackingShim:
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(WordLevel({"post": 0, "?": 1}, unk_token="?")), unk_token="?"
    )
    return PackingShim(HFObjects(tokenizer, encoder, None, {}, {}))


def matrices(encoder: MPNetModel) -> dict[str, torch.Tensor]:
    return {name: kept for name, kept in encoder.state_dict().items() if can_be_packed(kept)}


@pytest.mark.parametrize("size", [0, 1e-6, 2**-14, 0.05, 100])
def test_rounding_twice_is_rounding_once(size):
    weights = size * torch.randn(8, 2 * GROUP, generator=torch.Generator().manual_seed(1))
    once = rounded(weights)
    assert torch.equal(rounded(once), once)
    groups = weights.reshape(-1, GROUP)
    widest = 0.16 * groups.abs().amax(-1, keepdim=True).clamp_min(2**-14)
    assert ((groups - once.reshape(-1, GROUP)).abs() <= widest).all()


@pytest.mark.parametrize("kind", [torch.float32, torch.float16])
def test_a_rounded_encoder_comes_back_from_an_eighth_of_its_bytes(kind):
    encoder = small_encoder()
    before = len(shim(encoder).to_bytes())
    round_encoder(encoder)
    encoder.to(kind)
    stored = shim(encoder).to_bytes()
    again = shim(None).from_bytes(stored)._model
    for name, weights in encoder.state_dict().items():
        assert torch.allclose(again.state_dict()[name], weights.float(), rtol=1e-3, atol=1e-6)
    count = sum(weights.numel() for weights in matrices(encoder).values())
    assert before - len(stored) > 3.2 * count


def test_what_is_not_rounded_is_stored_as_it_is():
    encoder = small_encoder()
    again = shim(None).from_bytes(shim(encoder).to_bytes())._model
    assert all(again.state_dict()[name].equal(kept) for name, kept in encoder.state_dict().items())


def test_an_encoder_learns_with_the_weights_that_will_be_stored():
    encoder, words = small_encoder(), torch.tensor([[5, 7, 9]])
    before = {name: weights.clone() for name, weights in matrices(encoder).items()}
    later = small_encoder()
    round_encoder(later)
    transformer = SimpleNamespace(model=SimpleNamespace(transformer=encoder))
    nlp = SimpleNamespace(get_pipe={"transformer": transformer}.get)
    tune_encoder(bfloat16=False, frozen_layers=1, rounded=True)(nlp)
    assert torch.equal(encoder(words).last_hidden_state, later(words).last_hidden_state)

    (encoder(words).last_hidden_state ** 2).sum().backward()
    for name, weights in encoder.named_parameters():
        if name in before:
            learns = name.startswith("encoder.layer.1.")
            assert torch.equal(weights, before[name] if learns else rounded(before[name]))
            assert (weights.grad is not None and bool(weights.grad.any())) == learns
