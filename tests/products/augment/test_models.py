"""Models, billing and budgets in an organization file."""

import pytest

from mockserver.products.augment import models
from mockserver.products.augment.models import DEFAULT_MODELS, Accounting, Billing, Model
from tests.organizations.conftest import HEAD, problems_in

MODEL = {"id": "gpt-9", "name": "GPT-9", "weight": 1, "input": 5, "output": 6}


def test_keys_become_a_record() -> None:
    other = {**MODEL, "id": "a-1", "name": "A 1", "cache_read": 7, "surcharge": -3}
    values = {"models": [MODEL, other], "billing": "usd", "budgets": [{"email": "Ada@acme.example", "limit": "5.5"}]}
    assert models.accounting(values) == Accounting(
        models=(
            Model("a-1", "A 1", 1, {"input": 5, "output": 6, "cache_read": 7}, -3),
            Model("gpt-9", "GPT-9", 1, {"input": 5, "output": 6}, 20),
        ),
        billing=Billing.USD,
        budgets={"ada@acme.example": "5.5"},
    )


def test_what_a_file_leaves_out_has_its_default() -> None:
    assert models.accounting({}) == Accounting(DEFAULT_MODELS, Billing.CREDITS, {})


def test_default_models_ascend_by_id_and_have_distinct_names() -> None:
    ids, names = [each.id for each in DEFAULT_MODELS], {each.name for each in DEFAULT_MODELS}
    assert ids == sorted(set(ids))
    assert len(names) == len(ids)


LINE = "{id: gpt-9, name: GPT-9, weight: 1, input: 5, output: 6}"
ADA = "special: [{email: ada@mine.example}]\n"
WHOLE = 'a whole number of credits as text, of at most 38 digits without leading zeros, as in "5000"'
PROBLEMS = {
    "no models": ("models: []\n", "models: found a list; 1 to 32 models, at least one of them with a weight above 0"),
    "models without weight": (
        "models: [{id: gpt-9, name: GPT-9, weight: 0, input: 5, output: 6}]\n",
        "models: found a list; 1 to 32 models, at least one of them with a weight above 0",
    ),
    "a repeated id": (
        f"models: [{LINE}, {LINE.replace('GPT-9', 'Other')}]\n",
        "models[1].id: found 'gpt-9'; one of its own; gpt-9 is there before",
    ),
    "a repeated name": (
        f"models: [{LINE}, {LINE.replace('gpt-9', 'gpt-8')}]\n",
        "models[1].name: found 'GPT-9'; one of its own; GPT-9 is there before",
    ),
    "an id in capitals": (
        f"models: [{LINE.replace('gpt-9', 'Gpt-9')}]\n",
        "models[0].id: found 'Gpt-9'; 1 to 100 of a-z, 0-9, - _ and .",
    ),
    "a price with a fraction": (
        f"models: [{LINE.replace('input: 5', 'input: 1.5')}]\n",
        "models[0].input: found '1.5'; a whole number from 0 to 1000000000",
    ),
    "no price": (
        "models: [{id: gpt-9, name: GPT-9, weight: 1, input: 5}]\n",
        "models[0].output: found nothing; this key is required: a whole number from 0 to 1000000000",
    ),
    "an unknown key of a model": (
        f"models: [{LINE.replace('output', 'outptu')}]\n",
        "models[0].outptu: found 6; there is no key 'outptu' (did you mean 'output'?)",
    ),
    "an unknown billing": ("billing: euros\n", "billing: found 'euros'; one of: credits, usd"),
    "a budget of a generated person": (
        'budgets: [{email: bob@mine.example, limit: "5"}]\n',
        "budgets[0].email: found 'bob@mine.example'; the address of one of the people in special",
    ),
    "two budgets of a person": (
        ADA + 'budgets: [{email: ada@mine.example, limit: "5"}, {email: Ada@mine.example, limit: "6"}]\n',
        "budgets[1].email: found 'Ada@mine.example'; one of its own; ada@mine.example is there before",
    ),
    "a fraction of credits": (
        ADA + 'budgets: [{email: ada@mine.example, limit: "5.5"}]\n',
        f"budgets[0].limit: found '5.5'; {WHOLE}",
    ),
    "an exponent": (
        ADA + 'billing: usd\nbudgets: [{email: ada@mine.example, limit: "5e3"}]\n',
        "budgets[0].limit: found '5e3'; an amount of dollars as text",
    ),
}


@pytest.mark.parametrize(("content", "problem"), PROBLEMS.values(), ids=PROBLEMS)
def test_wrong_value_is_refused_with_its_rule(content: str, problem: str) -> None:
    assert any(line.startswith(problem) for line in problems_in(HEAD + content)), problems_in(HEAD + content)
