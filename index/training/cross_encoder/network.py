"""The network to train: a BERT encoder over a pair, mean pooling, and a head with one output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sinkqa.index.models.cross_encoder import Encoding

if TYPE_CHECKING:
    from sinkqa.index.training.cross_encoder.base import Base

PADDING = 1  # what fills up a shorter pair beside a longer one
_ROUND = 16  # batches are padded to a multiple of so many tokens


class Network(nn.Module):  # type: ignore[misc]  # torch is not followed
    """Maps token ids of pairs to one logit each: how far the second text answers the first.

    The word vectors are frozen: updating them costs more than all the layers, and a batch uses few of them.
    """

    def __init__(self, base: Base) -> None:
        super().__init__()
        from transformers import BertConfig, BertModel

        config = BertConfig(
            vocab_size=len(base.pieces),
            hidden_size=base.width,
            num_hidden_layers=base.layers,
            num_attention_heads=base.heads,
            intermediate_size=4 * base.width,
            max_position_embeddings=base.longest,
            pad_token_id=PADDING,
            layer_norm_eps=1e-12,
            hidden_dropout_prob=0.0,  # it costs more than a third of the time and gained nothing in so short a training
            attention_probs_dropout_prob=0.0,
            attn_implementation="eager",  # faster on processors at these lengths
        )
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.encoder.load_state_dict({name: torch.from_numpy(value) for name, value in base.tensors.items()})
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        self.answers = nn.Linear(base.width, 1)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Float (n,), of int64 ids and mask, (n, longest)."""
        hidden = self.encoder(ids, attention_mask=mask).last_hidden_state
        shown = mask[..., None].to(hidden.dtype)
        pooled = (hidden * shown).sum(1) / shown.sum(1)
        answers: Tensor = self.answers(pooled)
        return answers[:, 0]


def batches(encoded: Sequence[NDArray[np.int64] | Encoding], size: int) -> Iterator[NDArray[np.int64]]:
    """Indices of pairs of similar length, in groups of about ``size`` tokens."""
    order = np.argsort([len(each) for each in encoded], kind="stable")
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and len(encoded[order[stop]]) * (stop + 1 - start) <= size:
            stop += 1
        yield order[start:stop]
        start = stop


def padded(pairs: Sequence[Encoding]) -> tuple[Tensor, Tensor]:
    """Token ids and mask of pairs, int64, (n, longest)."""
    longest = -(-max(len(pair) for pair in pairs) // _ROUND) * _ROUND
    ids = np.full((len(pairs), longest), PADDING, np.int64)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair)] = pair
    numbers = torch.from_numpy(ids)
    return numbers, (numbers != PADDING).long()


def learnt(network: nn.Module) -> list[nn.Parameter]:
    """The trainable parameters."""
    return [parameter for parameter in network.parameters() if parameter.requires_grad]
