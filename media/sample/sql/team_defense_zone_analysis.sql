-- What each team has let its opponents score in the thirty days before a date.
SELECT
  asked.analysis_date,
  defense.defending_team_abbr AS team_abbr,
  count(*) AS games,
  round(avg(defense.points_allowed), 2) AS points_allowed_avg,
  now() AS processed_at
FROM (SELECT unnest($dates) AS analysis_date) AS asked
JOIN league_analytics.team_defense_game_summary AS defense
  ON defense.game_date >= asked.analysis_date - 30 AND defense.game_date < asked.analysis_date
WHERE length(defense.defending_team_abbr) = 3 -- exhibition squads have longer names
GROUP BY ALL
ORDER BY 1, 2
