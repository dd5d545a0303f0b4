"""Batches of contacts over HTTP, as HubSpot's CRM objects API has them. An input that fails stops no other one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from functions import wiring
from functions.core import timestamps
from functions.core.errors import StaffettaError
from functions.http.responses import StatusBody
from functions.routes.contacts.record_models import (
    BatchArchiveRequest,
    BatchCreateRequest,
    BatchError,
    BatchReadRequest,
    BatchUpdateRequest,
    BatchUpsertRequest,
    ContactBatchResponse,
    ContactRecordView,
    RecordCreateRequest,
    RecordInput,
    RecordUpdateInput,
    RecordUpsertInput,
)
from functions.routes.contacts.record_views import record_view, written_view
from functions.routes.http import batches, problems
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models import contact_texts
from functions.routes.http.models.reader import body_of
from functions.routes.http.problem_model import ProblemDetail
from functions.steps.contacts.records import ContactRecords, ContactReference

MULTI_STATUS = 207
Input = TypeVar("Input", RecordInput, RecordCreateRequest, RecordUpdateInput, RecordUpsertInput)
Batch = ContactBatchResponse | StatusBody


def batch_create_contacts(request: ApiRequest) -> Batch:
    def create(one: RecordCreateRequest) -> ContactRecordView:
        values = contact_texts(one.properties)
        return written_view(_records().create(values, request.caller), values)

    inputs = body_of(request, BatchCreateRequest).inputs
    return _each(inputs, create, lambda one: contact_texts(one.properties).get("email", ""))


def batch_read_contacts(request: ApiRequest) -> Batch:
    body = body_of(request, BatchReadRequest)

    def read(one: RecordInput) -> ContactRecordView:
        contact = _records().get(ContactReference(one.id, body.id_property))
        return record_view(contact, body.properties, body.properties_with_history)

    return _each(body.inputs, read, lambda one: one.id)


def batch_update_contacts(request: ApiRequest) -> Batch:
    def update(one: RecordUpdateInput) -> ContactRecordView:
        values = contact_texts(one.properties)
        return written_view(
            _records().update(ContactReference(one.id, one.id_property), values, request.caller), values
        )

    return _each(body_of(request, BatchUpdateRequest).inputs, update, lambda one: one.id)


def batch_upsert_contacts(request: ApiRequest) -> Batch:
    def upsert(one: RecordUpsertInput) -> ContactRecordView:
        values = contact_texts(one.properties)
        upserted = _records().upsert(one.id, values, request.caller)
        return written_view(upserted.contact, values, is_new=upserted.is_new)

    return _each(body_of(request, BatchUpsertRequest).inputs, upsert, lambda one: one.id)


def batch_archive_contacts(request: ApiRequest) -> Batch:
    """Absent contacts are no error, as at HubSpot. If no input fails, only the audit log reads the results: a 204 has no body."""

    def archive(one: RecordInput) -> ContactRecordView | None:
        contact = _records().archive(ContactReference(one.id), request.caller)
        return record_view(contact) if contact else None

    return _each(body_of(request, BatchArchiveRequest).inputs, archive, lambda one: one.id)


def _records() -> ContactRecords:
    return wiring.get(wiring.contacts.contact_records)


def _each(
    inputs: Sequence[Input], run: Callable[[Input], ContactRecordView | None], id_of: Callable[[Input], str]
) -> Batch:
    started_at = _now()

    def attempt(one: Input) -> ContactRecordView | BatchError | None:
        try:
            return run(one)
        except StaffettaError as error:
            return _error(error, id_of(one))

    def answer(outcomes: Sequence[ContactRecordView | BatchError | None]) -> Batch:
        errors = [one for one in outcomes if isinstance(one, BatchError)]
        response = ContactBatchResponse(
            status="COMPLETE",
            results=[one for one in outcomes if isinstance(one, ContactRecordView)],
            started_at=started_at,
            completed_at=_now(),
            num_errors=len(errors) or None,
            errors=errors or None,
        )
        return StatusBody(MULTI_STATUS, response) if errors else response

    return batches.each(inputs, attempt, answer)


def _error(error: Exception, record_id: str) -> BatchError:
    _, problem = problems.problem_of(error)
    details = [ProblemDetail(one["message"], one["code"], one["in"]) for one in problem["errors"]]
    return BatchError("error", problem["category"], problem["message"], {"ids": [record_id]}, {}, details)


def _now() -> str:
    return timestamps.iso(wiring.container().clock())
