SELECT CAST("d" - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
GROUP BY 1
-- 

SELECT CAST("d" - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
WHERE "d" BETWEEN CAST($p0 AS DATE) AND CAST($p1 AS DATE) OR "d" BETWEEN CAST($p2 AS DATE) AND CAST($p2 AS DATE)
GROUP BY 1
-- p0: day 2024-01-02, p1: day 2024-01-03, p2: day 2024-02-01

SELECT CAST(CAST(timezone('America/New_York', "d") AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
GROUP BY 1
-- 

SELECT CAST(CAST(timezone('UTC', "d") AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
GROUP BY 1
-- 

SELECT CAST(CAST(timezone('America/New_York', timezone('UTC', CAST("d" AS TIMESTAMP))) AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
GROUP BY 1
-- 

SELECT CAST(CAST("d" AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
GROUP BY 1
-- 

SELECT CAST(TRY_CAST("d" AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
GROUP BY 1
-- 

SELECT CAST(CAST(timezone('America/New_York', CASE WHEN regexp_matches("d", '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$') AND regexp_matches("d", ':') THEN TRY_CAST("d" AS TIMESTAMPTZ) ELSE timezone('UTC', TRY_CAST("d" AS TIMESTAMP)) END) AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
GROUP BY 1
-- 
