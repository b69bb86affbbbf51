"""OpenAI's own client gets the vectors that the library is searched with."""

from __future__ import annotations

import asyncio
import base64

import httpx
import numpy as np
import openai
import pytest

from sinkqa.index.models.encoder import load_encoder
from sinkqa.service.http.app import create_app
from tests.service.http.conftest import EN, FILES, ZH, Client, serving

TEXTS = [ZH, EN, *FILES.values(), "peat", "泥炭"]


@pytest.fixture(scope="module")
def assistant(address):
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


def vectors(response):
    assert [each.index for each in response.data] == list(range(len(response.data)))
    return np.array([each.embedding for each in response.data], np.float32)


@pytest.mark.parametrize("how", [{}, {"encoding_format": "float"}, {"encoding_format": "base64"}, {"dimensions": 256}])
def test_texts_come_back_as_the_encoders_vectors_in_their_order(assistant, encoder, how):
    response = assistant.embeddings.create(model="sinkqa", input=TEXTS, **how)
    assert (response.object, response.model) == ("list", "sinkqa")
    if how.get("encoding_format") == "base64":  # asked for in so many words, the client hands it on as it is
        found = np.array([np.frombuffer(base64.b64decode(each.embedding), "<f4") for each in response.data])
    else:
        found = vectors(response)
    assert np.array_equal(found, encoder.encode(TEXTS))
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert response.usage.prompt_tokens == response.usage.total_tokens == -(-len("".join(TEXTS).encode()) // 4)


def test_both_ways_to_write_numbers_say_the_same(address):
    def numbers(how):
        body = {"model": "sinkqa", "input": [ZH], "encoding_format": how}
        return httpx.post(f"{address}/v1/embeddings", json=body).json()["data"][0]["embedding"]

    packed = np.frombuffer(base64.b64decode(numbers("base64")), "<f4")
    assert np.array_equal(packed, np.array(numbers("float"), np.float32)) and len(packed) == 256


def test_one_text_is_a_list_of_one(assistant, encoder):
    found = vectors(assistant.embeddings.create(model="sinkqa", input=ZH))
    assert np.array_equal(found, encoder.encode([ZH]))


@pytest.mark.parametrize("model", ["sinkqa", "sinkqa/default", "sinkqa-static-256"])
def test_the_model_is_a_collection_or_the_encoder_by_its_name(assistant, encoder, model):
    response = assistant.embeddings.create(model=model, input="peat")
    assert encoder.name == "sinkqa-static-256" and response.model == model
    assert np.array_equal(vectors(response), encoder.encode(["peat"]))


def test_another_model_is_not_found_and_those_that_are_there_are_named(assistant):
    with pytest.raises(openai.NotFoundError, match="sinkqa-static-256") as refused:
        assistant.embeddings.create(model="text-embedding-3-small", input="peat")
    assert refused.value.code == "model-not-found"


def test_what_means_the_same_lies_nearer_than_what_does_not(assistant):
    zh, en, other = vectors(
        assistant.embeddings.create(model="sinkqa", input=["森林碳汇", "forest carbon sink", "train timetable"])
    )
    assert zh @ en > zh @ other


def test_a_text_without_a_known_word_has_a_vector_of_zeros(assistant):
    found = vectors(assistant.embeddings.create(model="sinkqa", input=["\u2e3a\u2e3b", "peat"]))
    assert not found[0].any() and np.isclose(np.linalg.norm(found[1]), 1)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ([1, 2, 3], "numbers"),
        ([[1, 2], [3]], "check_embedding_ctx_length=False"),
        ("", "expected words, got none"),
        (["peat", " \n"], "text 1"),
        ([], "an empty list"),
        (["peat", None], "text 1: expected words, got null"),
        ([True], "true or false"),
        ("x" * 32_001, "at most 32000 characters, got 32001"),
        (["x"] * 2049, "at most 2048 texts, got 2049"),
        ({"text": "peat"}, "got an object"),
        (None, "null"),
    ],
)
def test_what_is_no_text_is_a_bad_request_that_says_what_to_send(assistant, given, named):
    with pytest.raises(openai.BadRequestError) as refused:
        assistant.embeddings.create(model="sinkqa", input=given)
    assert (refused.value.param, refused.value.code) == ("input", "invalid-request")
    assert named in refused.value.body["message"]


@pytest.mark.parametrize(
    ("how", "named"),
    [
        ({"dimensions": 64}, "expected 256, those of the encoder sinkqa-static-256, got 64"),
        ({"dimensions": 0}, "dimensions"),
        ({"dimensions": "256"}, "dimensions"),
        ({"encoding_format": "hex"}, "encoding_format"),
    ],
)
def test_another_length_or_format_is_refused(assistant, how, named):
    with pytest.raises(openai.BadRequestError) as refused:
        assistant.embeddings.create(model="sinkqa", input="peat", **how)
    assert named in refused.value.body["message"]


def test_half_of_a_surrogate_pair_is_refused(address):
    content = b'{"model": "sinkqa", "input": ["\\ud800"]}'
    refused = httpx.post(f"{address}/v1/embeddings", content=content, headers={"Content-Type": "application/json"})
    assert refused.status_code == 400 and "surrogate" in refused.json()["error"]["message"]


def test_as_much_as_fits_is_taken_and_more_is_too_large(assistant):
    many = [f"peat {n}" for n in range(2048)]
    assert len(assistant.embeddings.create(model="sinkqa", input=many).data) == 2048
    with pytest.raises(openai.APIStatusError) as refused:
        assistant.embeddings.create(model="sinkqa", input=["泥炭地固碳" * 2000] * 60)
    assert refused.value.status_code == 413 and refused.value.code == "body-too-large"


def test_a_collection_of_its_own_has_its_encoder(begin):
    app = create_app(begin())
    app.state.collections.create("moss")
    client = Client(app)
    body = {"model": "sinkqa/moss", "input": "peat"}
    assert client.post("/v1/embeddings", body).status_code == 200
    assert client.post("/v1/embeddings", body | {"model": "sinkqa/nowhere"}).status_code == 404


def test_a_hundred_at_once_each_get_their_own(settings, encoder):
    texts = [f"片区{n} peat {n * n}" for n in range(100)]

    async def all_at_once(url):
        async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=5) as client:
            asked = [client.embeddings.create(model="sinkqa", input=[text, EN]) for text in texts]
            return await asyncio.gather(*asked)

    with serving(settings) as served:
        responses = asyncio.run(all_at_once(served.url))
        assert not [line for line in served.log if "Traceback" in line]
    for text, response in zip(texts, responses, strict=True):
        assert np.array_equal(vectors(response), encoder.encode([text, EN]))
