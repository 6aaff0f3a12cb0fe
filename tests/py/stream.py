"""A watcher made with aw-client: sends numbered, queued heartbeats and ends when its queue is empty.

Usage: stream.py PORT BUCKET DAY FIRST COUNT. It must stay a stock client: no retry, no look at the answers of its own."""

import sys
from datetime import datetime, timedelta

from aw_client import ActivityWatchClient
from aw_core.models import Event

import wait

port, bucket, day, first, count = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
client = ActivityWatchClient("timebook-stream", port=port)
midnight = datetime.fromisoformat(f"{day}T00:00:00+00:00")
client.create_bucket(bucket, "currentwindow", queued=True)
with client:
    queue = client.request_queue
    # The client keeps the newest heartbeat to itself, so one more is made than must arrive.
    for number in range(first, first + count + 1):
        event = Event(
            timestamp=midnight + timedelta(milliseconds=20 * number),
            duration=timedelta(milliseconds=10),
            data={"app": f"app-{number % 8}", "number": number},
        )
        client.heartbeat(bucket, event, pulsetime=0, queued=True)
    wait.until("the queue to be sent", lambda: queue._persistqueue.qsize() == 0 and queue._current is None)
