DELETE FROM lines AS l USING customers AS c WHERE c.id = l.customer AND c.gone;
DELETE FROM orders AS o USING customers c JOIN (SELECT true AS yes) AS t ON t.yes = c.gone WHERE c.id = o.customer;
