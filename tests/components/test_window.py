"""The layers over neighbouring tokens see as far as their depth says, and learn."""

import numpy
from thinc.api import Adam, fix_random_seed

from cablespan.components.network.window import relu_window_encoder


def test_a_token_is_read_with_so_many_neighbours_as_there_are_layers():
    fix_random_seed(0)
    encoder = relu_window_encoder(width=8, window_size=1, depth=3)
    tokens = numpy.random.default_rng(0).normal(size=(11, 8)).astype("f")
    encoder.initialize(X=[tokens])
    changed = tokens.copy()
    changed[5] += 1
    (before,), (after,) = encoder.predict([tokens]), encoder.predict([changed])
    moved = numpy.flatnonzero(numpy.abs(after - before).max(axis=1))
    assert moved.tolist() == [2, 3, 4, 5, 6, 7, 8]


def test_neighbours_of_another_document_are_none():
    fix_random_seed(0)
    encoder = relu_window_encoder(width=8, window_size=1, depth=2)
    one, other = numpy.random.default_rng(0).normal(size=(2, 4, 8)).astype("f")
    encoder.initialize(X=[one])
    numpy.testing.assert_allclose(
        encoder.predict([one, other])[1], encoder.predict([other])[0], atol=1e-6
    )


def test_it_learns_to_tell_the_token_before():
    fix_random_seed(0)
    encoder = relu_window_encoder(width=8, window_size=1, depth=1)
    tokens = numpy.random.default_rng(0).normal(size=(200, 8)).astype("f")
    wanted = numpy.roll(tokens, 1, axis=0)
    encoder.initialize(X=[tokens])
    optimizer = Adam(0.01)

    def error():
        return float(((encoder.predict([tokens])[0] - wanted) ** 2).mean())

    before = error()
    for _ in range(100):
        (predicted,), backprop = encoder([tokens], is_train=True)
        backprop([(predicted - wanted) / len(tokens)])
        encoder.finish_update(optimizer)
    assert error() < before / 2
