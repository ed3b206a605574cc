-- How each player has shot in the twenty-one days before a date.
SELECT
  asked.analysis_date,
  player.player_lookup,
  count(*) AS games,
  sum(player.minutes_played) AS minutes,
  round(36.0 * sum(player.fg_attempts) / sum(player.minutes_played), 2) AS attempts_per_36,
  round(100.0 * sum(player.fg_made) / nullif(sum(player.fg_attempts), 0), 1) AS field_goal_pct,
  now() AS processed_at
FROM (SELECT unnest($dates) AS analysis_date) AS asked
JOIN league_analytics.player_game_summary AS player
  ON player.game_date >= asked.analysis_date - 21 AND player.game_date < asked.analysis_date
WHERE player.minutes_played > 0
GROUP BY ALL
ORDER BY 1, 2
