DELETE FROM orders WHERE state = 'canceled' AND at < date '2026-01-01';
