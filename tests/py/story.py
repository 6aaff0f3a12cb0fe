"""What a program written against aw-client does, from the first bucket to the last delete. Prints what it saw as one JSON object.

Usage: story.py PROTOCOL HOST PORT HEARTBEATS. It must use nothing but aw-client's public methods to talk to the server."""

import json
import sys
from datetime import datetime, timedelta, timezone

import requests
from aw_client import ActivityWatchClient
from aw_core.models import Event

import wait

protocol, host, port, heartbeats = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
client = ActivityWatchClient("timebook-story", host=host, port=port, protocol=protocol)
bucket = f"timebook-story_{client.client_hostname}"
start = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(seconds=2 * heartbeats + 60)
seen = {"info": client.get_info(), "start": start.isoformat()}


def app(number):
    return {"app": f"app-{number % 4}", "title": f"window {number}"}


# 1. Queued heartbeats, each with other data, so that each is a request of its own. The last one stays in the client: one more is made.
client.create_bucket(bucket, "currentwindow", queued=True)
with client:
    queue = client.request_queue
    for number in range(heartbeats + 1):
        event = Event(timestamp=start + timedelta(seconds=2 * number), duration=timedelta(seconds=2), data=app(number))
        client.heartbeat(bucket, event, pulsetime=1, queued=True)
    wait.until("the queue to be sent", lambda: queue._persistqueue.qsize() == 0 and queue._current is None, 300)
client.create_bucket(bucket, "currentwindow")  # once more: 304, no error

# 2. What arrived.
events = client.get_events(bucket)
seen["count"] = client.get_eventcount(bucket)
seen["events"] = len(events)
seen["newest_first"] = all(a.timestamp >= b.timestamp for a, b in zip(events, events[1:]))
wanted = [(start + timedelta(seconds=2 * n), 2.0, app(n)) for n in reversed(range(heartbeats))]
seen["equal"] = [(e.timestamp, e.duration.total_seconds(), dict(e.data)) for e in events] == wanted
seen["limited"] = [e.id for e in client.get_events(bucket, limit=3)] == [e.id for e in events[:3]]
window = client.get_events(bucket, start=start + timedelta(seconds=1), end=start + timedelta(seconds=5))
seen["clipped"] = [(e.timestamp - start).total_seconds() for e in window] + [e.duration.total_seconds() for e in window]
seen["one"] = client.get_event(bucket, events[0].id).data == events[0].data

# 3. Direct heartbeats merge into one event, and only within the pulse time.
pulse = f"timebook-pulse_{client.client_hostname}"
client.create_bucket(pulse, "afkstatus")
for second in (0, 3, 6, 20):
    client.heartbeat(pulse, Event(timestamp=start + timedelta(seconds=second), data={"status": "not-afk"}), pulsetime=5)
seen["merged"] = [e.duration.total_seconds() for e in client.get_events(pulse)]

# 4. Export, import under another name, delete.
export = client.export_bucket(bucket)["buckets"][bucket]
seen["exported"] = len(export["events"])
seen["export_all"] = sorted(client.export_all()["buckets"]) == sorted([bucket, pulse])
copy = dict(export, id=f"{bucket}-copy")
client.import_bucket(copy)
seen["imported"] = wait.until("the import", lambda: client.get_eventcount(copy["id"]) >= heartbeats and client.get_eventcount(copy["id"]))
client.delete_event(bucket, events[0].id)
seen["after_delete"] = client.get_eventcount(bucket)
client.delete_bucket(copy["id"], force=True)
client.delete_bucket(pulse, force=True)
seen["buckets"] = sorted(client.get_buckets())
try:
    client.get_events(pulse)
    seen["gone"] = 200
except requests.HTTPError as error:
    seen["gone"] = error.response.status_code
seen["bucket"] = bucket
print(json.dumps(seen))
