"""Routes for uploads, and for the jobs that add them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from sinkqa.service.errors import Forbidden
from sinkqa.service.fetching.by_address import fetched
from sinkqa.service.hosting.job_store import Job
from sinkqa.service.hosting.jobs import MOST_FILES, AllJobs, Jobs
from sinkqa.service.hosting.quotas import Quotas
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import EngineOf, settings_of
from sinkqa.service.http.guards.access import READS, WRITES, caller_of
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.interfaces.library_schemas import AddressIn, JobOut, JobsOut, QuotaOut
from sinkqa.service.interfaces.schemas import ok

router = APIRouter(tags=["documents"], dependencies=[READS], responses=documented(400, 404, 422, 503))


def jobs_of(request: Request, engine: EngineOf) -> Jobs:
    """The jobs of the collection that the request names."""
    everyones: AllJobs = request.app.state.jobs
    return everyones.of(engine)


def quotas_of(request: Request) -> Quotas:
    """The quotas of this installation."""
    quotas: Quotas = request.app.state.quotas
    return quotas


JobsOf = Annotated[Jobs, Depends(jobs_of)]
_TAKEN: dict[int | str, dict[str, Any]] = {
    202: {
        "model": JobOut,
        "description": "On disk and queued; ask for the job to see what becomes of each file.",
        "headers": {"Location": {"description": "The job.", "schema": {"type": "string"}}},
    }
}


@router.post(
    "/v1/documents",
    operation_id="upload_documents",
    dependencies=[WRITES],
    status_code=202,
    summary="Take in files: PDF, HTML, DOCX, XLSX, PPTX, EPUB, mail, Markdown, text, CSV or JSON",
    responses=documented(413, 507) | _TAKEN,
)
def upload_documents(
    files: Annotated[
        list[UploadFile],
        File(min_length=1, max_length=MOST_FILES, description="One or several; what they hold decides their type."),
    ],
    jobs: JobsOf,
    request: Request,
) -> Response:
    """The same bytes again change nothing. Other bytes under the name of an earlier upload replace its document.

    If a file fails, the job names it, and the others are still added.
    """
    key = caller_of(request).key
    with quotas_of(request).admitting(jobs, key.id if key else None, [file.size or 0 for file in files]):
        job = jobs.submit([(file.filename or "", file.file) for file in files])
    return Json(_told(job), 202, headers={"Location": f"/v1/jobs/{job.job_id}"})


@router.post(
    "/v1/documents/by-address",
    operation_id="add_by_address",
    dependencies=[WRITES],
    status_code=202,
    summary="Take in a document from an address of the web",
    responses=documented(403, 413, 507) | _TAKEN,
)
async def add_by_address(body: AddressIn, jobs: JobsOf, request: Request) -> Response:
    """Possible if the operator allows it. Never fetches from this machine or an inner network. Obeys robots.txt."""
    settings = settings_of(request)
    if not settings.add_by_address:
        raise Forbidden("adding by address is switched off on this server; upload the file instead")
    key, quotas = caller_of(request).key, quotas_of(request)
    async with fetched(body.address, settings) as file:

        def submit() -> Job:
            with quotas.admitting(jobs, key.id if key else None, [file.n_bytes]):
                return jobs.submit([(file.name, file.content)])

        job = await run_in_threadpool(submit)
    return Json(_told(job), 202, headers={"Location": f"/v1/jobs/{job.job_id}"})


@router.get(
    "/v1/quota",
    operation_id="get_quota",
    summary="Say how much a collection holds and may hold, and what the key may still send today",
    responses=ok(QuotaOut, "Both, null where there is no limit."),
)
def get_quota(jobs: JobsOf, request: Request) -> Response:
    """Waiting uploads count as documents."""
    key, quotas = caller_of(request).key, quotas_of(request)
    today = asdict(quotas.of_key(key.id)) if key else None
    by_address = settings_of(request).add_by_address
    return Json({"collection": asdict(quotas.of_collection(jobs)), "key_today": today, "by_address": by_address})


@router.get(
    "/v1/jobs", operation_id="list_jobs", summary="List the jobs of the last day", responses=ok(JobsOut, "Jobs.")
)
def list_jobs(jobs: JobsOf) -> Response:
    """The newest jobs come first."""
    return Json({"jobs": [_told(job) for job in jobs.jobs()]})


@router.get(
    "/v1/jobs/{job_id}",
    operation_id="get_job",
    summary="Say how far a job is and what became of each file",
    responses=ok(JobOut, "The job."),
)
def get_job(job_id: str, jobs: JobsOf) -> Response:
    """A job that has ended can be read for one day."""
    return Json(_told(jobs.job(job_id)))


@router.delete(
    "/v1/jobs/{job_id}",
    operation_id="cancel_job",
    dependencies=[WRITES],
    summary="Cancel a job",
    responses=ok(JobOut, "The job; one that had ended is as it was."),
)
def cancel_job(job_id: str, jobs: JobsOf) -> Response:
    """Documents that were already added stay. The rest is dropped."""
    return Json(_told(jobs.cancel(job_id)))


def _told(job: Job) -> dict[str, Any]:
    told = asdict(job)
    del told["attempts"]
    done = sum(file.state != "waiting" for file in job.files)
    return told | {"n_files": len(job.files), "n_done": done}
