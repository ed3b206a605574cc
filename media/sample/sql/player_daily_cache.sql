-- The form of each player of a date's games: his last five and ten games within sixty days.
WITH recent AS (
  SELECT
    factors.game_date AS cache_date,
    factors.player_lookup,
    player.points,
    player.minutes_played,
    player.usage_rate,
    row_number() OVER (PARTITION BY factors.game_date, factors.player_lookup ORDER BY player.game_date DESC) AS back
  FROM league_precompute.player_composite_factors AS factors
  LEFT JOIN league_analytics.player_game_summary AS player
    ON player.player_lookup = factors.player_lookup
    AND player.game_date >= factors.game_date - 60
    AND player.game_date < factors.game_date
    AND player.minutes_played > 0
  WHERE factors.game_date IN (SELECT unnest($dates))
)
SELECT
  cache_date,
  player_lookup,
  count(points) FILTER (WHERE back <= 10) AS games,
  round(avg(points) FILTER (WHERE back <= 5), 2) AS points_last_5,
  round(avg(points) FILTER (WHERE back <= 10), 2) AS points_last_10,
  round(avg(minutes_played) FILTER (WHERE back <= 10), 2) AS minutes_last_10,
  round(avg(usage_rate) FILTER (WHERE back <= 10), 2) AS usage_last_10,
  now() AS processed_at
FROM recent
GROUP BY ALL
ORDER BY 1, 2
