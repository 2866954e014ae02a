"""The yardstick of benches/warm.rs: the same route on FastAPI behind Mangum, with no database at all.

    python3 -m venv venv && venv/bin/pip install fastapi==0.165.0 mangum==0.22.0
    taskset -c 0 venv/bin/python functions/api/benches/fastapi_mangum.py
"""

import datetime
import json
import time

from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel

CALLS, WARM_UP = 2000, 200


class Stats(BaseModel):
    items: int


class Health(BaseModel):
    status: str
    git_sha: str
    git_tag: str
    timestamp: datetime.datetime
    database: str
    environment: str
    database_stats: Stats


app = FastAPI()


@app.get("/health")
async def health() -> Health:
    return Health(
        status="healthy",
        git_sha="unknown",
        git_tag="unknown",
        timestamp=datetime.datetime.now(datetime.timezone.utc),
        database="PostgreSQL 18.4",
        environment="test",
        database_stats=Stats(items=0),
    )


handler = Mangum(app, lifespan="off")
EVENT = json.dumps(json.load(open(__file__.rsplit("/", 1)[0] + "/health-event.json")))


def call():
    return json.dumps(handler(json.loads(EVENT), None))


for _ in range(WARM_UP):
    call()
times = []
for _ in range(CALLS):
    begin = time.perf_counter()
    call()
    times.append(time.perf_counter() - begin)
times.sort()
print(f"FastAPI and Mangum: median {times[CALLS // 2] * 1e6:.0f} us, p95 {times[CALLS * 95 // 100] * 1e6:.0f} us")
