SELECT UNIX_DATE(`d`) AS d,
  count(*) AS n
FROM `t`
WHERE `d` BETWEEN @p0 AND @p1 OR `d` IS NULL OR `d` NOT BETWEEN @p2 AND @p3
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT UNIX_DATE(`d`) AS d,
  count(*) AS n
FROM `t`
WHERE `d` BETWEEN @p0 AND @p1 OR `d` BETWEEN @p2 AND @p2
GROUP BY 1
-- p0: day 2024-01-02, p1: day 2024-01-03, p2: day 2024-02-01

SELECT UNIX_DATE(DATE(`d`, 'America/New_York')) AS d,
  count(*) AS n
FROM `t`
WHERE DATE(`d`, 'America/New_York') BETWEEN @p0 AND @p1 OR DATE(`d`, 'America/New_York') IS NULL OR DATE(`d`, 'America/New_York') NOT BETWEEN @p2 AND @p3
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT UNIX_DATE(DATE(`d`, 'UTC')) AS d,
  count(*) AS n
FROM `t`
WHERE DATE(`d`, 'UTC') BETWEEN @p0 AND @p1 OR DATE(`d`, 'UTC') IS NULL OR DATE(`d`, 'UTC') NOT BETWEEN @p2 AND @p3
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT UNIX_DATE(DATE(TIMESTAMP(`d`, 'UTC'), 'America/New_York')) AS d,
  count(*) AS n
FROM `t`
WHERE DATE(TIMESTAMP(`d`, 'UTC'), 'America/New_York') BETWEEN @p0 AND @p1 OR DATE(TIMESTAMP(`d`, 'UTC'), 'America/New_York') IS NULL OR DATE(TIMESTAMP(`d`, 'UTC'), 'America/New_York') NOT BETWEEN @p2 AND @p3
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT UNIX_DATE(DATE(`d`)) AS d,
  count(*) AS n
FROM `t`
WHERE DATE(`d`) BETWEEN @p0 AND @p1 OR DATE(`d`) IS NULL OR DATE(`d`) NOT BETWEEN @p2 AND @p3
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT UNIX_DATE(SAFE_CAST(`d` AS DATE)) AS d,
  count(*) AS n
FROM `t`
WHERE SAFE_CAST(`d` AS DATE) BETWEEN @p0 AND @p1 OR SAFE_CAST(`d` AS DATE) IS NULL OR SAFE_CAST(`d` AS DATE) NOT BETWEEN @p2 AND @p3
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31

SELECT UNIX_DATE(DATE(SAFE_CAST(`d` AS TIMESTAMP), 'America/New_York')) AS d,
  count(*) AS n
FROM `t`
WHERE DATE(SAFE_CAST(`d` AS TIMESTAMP), 'America/New_York') BETWEEN @p0 AND @p1 OR DATE(SAFE_CAST(`d` AS TIMESTAMP), 'America/New_York') IS NULL OR DATE(SAFE_CAST(`d` AS TIMESTAMP), 'America/New_York') NOT BETWEEN @p2 AND @p3
GROUP BY 1
-- p0: day 2024-01-01, p1: day 2024-12-31, p2: day 1900-01-01, p3: day 2199-12-31
