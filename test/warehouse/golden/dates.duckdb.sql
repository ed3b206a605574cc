SELECT CAST("d" - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
WHERE "d" BETWEEN CAST($p0 AS DATE) AND CAST($p1 AS DATE) OR "d" IS NULL OR "d" NOT BETWEEN CAST($p2 AS DATE) AND CAST($p3 AS DATE)
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT CAST("d" - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
WHERE "d" BETWEEN CAST($p0 AS DATE) AND CAST($p1 AS DATE) OR "d" BETWEEN CAST($p2 AS DATE) AND CAST($p2 AS DATE)
GROUP BY 1
-- p0: day 2024-01-02, p1: day 2024-01-03, p2: day 2024-02-01

SELECT CAST(CAST(timezone('America/New_York', "d") AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
WHERE CAST(timezone('America/New_York', "d") AS DATE) BETWEEN CAST($p0 AS DATE) AND CAST($p1 AS DATE) OR CAST(timezone('America/New_York', "d") AS DATE) IS NULL OR CAST(timezone('America/New_York', "d") AS DATE) NOT BETWEEN CAST($p2 AS DATE) AND CAST($p3 AS DATE)
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT CAST(CAST(timezone('UTC', "d") AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
WHERE CAST(timezone('UTC', "d") AS DATE) BETWEEN CAST($p0 AS DATE) AND CAST($p1 AS DATE) OR CAST(timezone('UTC', "d") AS DATE) IS NULL OR CAST(timezone('UTC', "d") AS DATE) NOT BETWEEN CAST($p2 AS DATE) AND CAST($p3 AS DATE)
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT CAST(CAST(timezone('America/New_York', timezone('UTC', CAST("d" AS TIMESTAMP))) AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
WHERE CAST(timezone('America/New_York', timezone('UTC', CAST("d" AS TIMESTAMP))) AS DATE) BETWEEN CAST($p0 AS DATE) AND CAST($p1 AS DATE) OR CAST(timezone('America/New_York', timezone('UTC', CAST("d" AS TIMESTAMP))) AS DATE) IS NULL OR CAST(timezone('America/New_York', timezone('UTC', CAST("d" AS TIMESTAMP))) AS DATE) NOT BETWEEN CAST($p2 AS DATE) AND CAST($p3 AS DATE)
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT CAST(CAST("d" AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
WHERE CAST("d" AS DATE) BETWEEN CAST($p0 AS DATE) AND CAST($p1 AS DATE) OR CAST("d" AS DATE) IS NULL OR CAST("d" AS DATE) NOT BETWEEN CAST($p2 AS DATE) AND CAST($p3 AS DATE)
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT CAST(TRY_CAST("d" AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
WHERE TRY_CAST("d" AS DATE) BETWEEN CAST($p0 AS DATE) AND CAST($p1 AS DATE) OR TRY_CAST("d" AS DATE) IS NULL OR TRY_CAST("d" AS DATE) NOT BETWEEN CAST($p2 AS DATE) AND CAST($p3 AS DATE)
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT CAST(CAST(timezone('America/New_York', CASE WHEN regexp_matches("d", '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$') AND regexp_matches("d", ':') THEN TRY_CAST("d" AS TIMESTAMPTZ) ELSE timezone('UTC', TRY_CAST("d" AS TIMESTAMP)) END) AS DATE) - DATE '1970-01-01' AS DOUBLE) AS d,
  CAST(count(*) AS DOUBLE) AS n
FROM "t"
WHERE CAST(timezone('America/New_York', CASE WHEN regexp_matches("d", '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$') AND regexp_matches("d", ':') THEN TRY_CAST("d" AS TIMESTAMPTZ) ELSE timezone('UTC', TRY_CAST("d" AS TIMESTAMP)) END) AS DATE) BETWEEN CAST($p0 AS DATE) AND CAST($p1 AS DATE) OR CAST(timezone('America/New_York', CASE WHEN regexp_matches("d", '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$') AND regexp_matches("d", ':') THEN TRY_CAST("d" AS TIMESTAMPTZ) ELSE timezone('UTC', TRY_CAST("d" AS TIMESTAMP)) END) AS DATE) IS NULL OR CAST(timezone('America/New_York', CASE WHEN regexp_matches("d", '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$') AND regexp_matches("d", ':') THEN TRY_CAST("d" AS TIMESTAMPTZ) ELSE timezone('UTC', TRY_CAST("d" AS TIMESTAMP)) END) AS DATE) NOT BETWEEN CAST($p2 AS DATE) AND CAST($p3 AS DATE)
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31
