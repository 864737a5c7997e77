"""Public identifiers, and the failures everybody shares."""

from suigo.kernel import errors
from suigo.kernel.ids import new_id


def test_ids_are_version_7_unique_and_sorted_by_time() -> None:
    made = [new_id() for _unused in range(500)]
    assert {i.version for i in made} == {7}
    assert len(set(made)) == 500
    stamps = [i.int >> 80 for i in made]
    assert stamps == sorted(stamps)


def test_every_failure_has_its_own_code_and_a_status_that_is_no_success() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.SuigoError)
    ]
    named = [k for k in kinds if k not in {errors.SuigoError, errors.Refused}]
    assert len({k.code for k in named}) == len(named)
    assert all(400 <= k.status < 500 for k in kinds)


def test_field_errors_are_kept_by_path() -> None:
    invalid = errors.Invalid(field_errors={"phone": "直してください"})
    assert invalid.field_errors == {"phone": "直してください"}
    assert str(errors.NotFound()) == "お探しのものが見つかりませんでした。"
