"""The network that is trained: a BERT encoder over a pair, mean pooling, a head that answers and one that entails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from index.cross_encoder import PADDING, Encoding

if TYPE_CHECKING:
    from index.training.cross_encoder.base import Base

_ROUND = 16  # batches are padded to a multiple of so many tokens


class CrossEncoder(nn.Module):  # type: ignore[misc]  # torch is not followed
    """Token numbers of pairs to one logit *answers* and three logits *supported, contradicted, neutral* each.

    The word vectors stay as they are: a pass over them costs more than all the layers, and few of them are met.
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
        self.entails = nn.Linear(base.width, 3)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Float (n,), float (n, 3), of int64 ids and mask, (n, longest)."""
        hidden = self.encoder(ids, attention_mask=mask).last_hidden_state
        shown = mask[..., None].to(hidden.dtype)
        pooled = (hidden * shown).sum(1) / shown.sum(1)
        return self.answers(pooled)[:, 0], self.entails(pooled)


def padded(pairs: Sequence[Encoding]) -> tuple[Tensor, Tensor]:
    """Token numbers and mask of pairs, int64, (n, longest)."""
    longest = -(-max(len(pair) for pair in pairs) // _ROUND) * _ROUND
    ids = np.full((len(pairs), longest), PADDING, np.int64)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair)] = pair
    numbers = torch.from_numpy(ids)
    return numbers, (numbers != PADDING).long()


def learnt(network: nn.Module) -> list[nn.Parameter]:
    """The parameters that training changes."""
    return [parameter for parameter in network.parameters() if parameter.requires_grad]
