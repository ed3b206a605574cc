SELECT UNIX_DATE(`d`) AS d,
  count(*) AS n,
  count(*) AS f0,
  count(*) - count(`select`) AS f1,
  count(`points`) AS f2,
  COUNTIF((`game_id` IS NULL OR `player` IS NULL)) AS f3,
  COUNTIF(`usage` IS NULL AND (
minutes > 0
) IS TRUE) AS f4,
  COUNTIF((
paint + mid <= fga + 1
) IS FALSE) AS f5,
  COUNTIF((
paint + mid <= fga + 1
) IS NULL) AS f6,
  COUNTIF((`points` < @p0 OR `points` > @p1)) AS f7,
  COUNTIF((SAFE_CAST(`note` AS FLOAT64) > @p2)) AS f8,
  count(`note`) - count(SAFE_CAST(`note` AS FLOAT64)) AS f9,
  count(`note`) - count(SAFE_CAST(`note` AS DATE)) AS f10,
  count(`note`) - count((UNIX_MICROS(SAFE_CAST(`note` AS TIMESTAMP)) / 1000.0)) AS f11,
  CAST(MIN(`points`) AS FLOAT64) AS f12,
  CAST(MAX(IF(`points` IS NOT NULL, SAFE_CAST(`note` AS FLOAT64), NULL)) AS FLOAT64) AS f13,
  CAST(MAX((UNIX_MICROS(TIMESTAMP(`written`, 'America/New_York')) / 1000.0)) AS FLOAT64) AS f14,
  CAST(SUM(IF((
minutes > 0
) IS TRUE, `points`, NULL)) AS FLOAT64) AS f15,
  COUNT(DISTINCT TO_JSON_STRING(STRUCT(`game_id` AS k0))) AS f16,
  COUNT(DISTINCT IF(`points` IS NOT NULL, TO_JSON_STRING(STRUCT(`game_id` AS k0, `player` AS k1)), NULL)) AS f17,
  CAST((SELECT MAX(top.count) FROM UNNEST(APPROX_TOP_COUNT(`points`, 2)) AS top WHERE top.value IS NOT NULL) AS FLOAT64) AS f18,
  CAST(SUM(FARM_FINGERPRINT(TO_JSON_STRING(STRUCT(`d` AS k0, `fga` AS k1, `game_id` AS k2, `mid` AS k3, `minutes` AS k4, `note` AS k5, `paint` AS k6, `player` AS k7, `points` AS k8, `select` AS k9, `usage` AS k10))) & 4294967295) AS FLOAT64) AS f19,
  CAST((SELECT MAX(top.count) FROM UNNEST(APPROX_TOP_COUNT(IF((
minutes > 0
) IS TRUE, `points`, NULL), 2)) AS top WHERE top.value IS NOT NULL) AS FLOAT64) AS f20,
  CAST(MIN(IF(`game_id` IS NULL, NULL, (FARM_FINGERPRINT(TO_JSON_STRING(`game_id`)) >> 11) & 9007199254740991)) AS FLOAT64) AS f21,
  CAST(MAX(IF((
minutes > 0
) IS TRUE, IF(`points` IS NULL, NULL, (FARM_FINGERPRINT(TO_JSON_STRING(`points`)) >> 11) & 9007199254740991), NULL)) AS FLOAT64) AS f22,
  COUNTIF((`points` IN (@p0, @p3))) AS f23,
  COUNTIF((CAST(`note` AS STRING) IN (@p4, @p5) OR SAFE_CAST(`note` AS FLOAT64) IN (@p0))) AS f24,
  COUNTIF((`game_id` IS NOT NULL AND NOT REGEXP_CONTAINS(CAST(`game_id` AS STRING), CONCAT('^(?:', @p6, ')$')))) AS f25
FROM `t`
WHERE `d` BETWEEN @p7 AND @p8 OR `d` IS NULL OR `d` NOT BETWEEN @p9 AND @p10
GROUP BY 1
-- p0: number 0, p1: number 100, p2: number 5, p3: number 4.27, p4: text unknown, p5: text n/a, p6: text 00[0-9]{8}, p7: day 2024-01-01, p8: day 2024-12-31, p9: day 1900-01-01, p10: day 2199-12-31
