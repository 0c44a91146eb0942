"""Settings of gunicorn for a web node. It listens on loopback only: nginx stands in front of it."""

import multiprocessing

bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = max(2, multiprocessing.cpu_count())
threads = 4
timeout = 30
graceful_timeout = 30
keepalive = 5
max_requests = 10_000
max_requests_jitter = 1_000
accesslog = "-"
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(b)s %(L)s"  # without query, address and names
