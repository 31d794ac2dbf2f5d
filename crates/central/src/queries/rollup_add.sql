INSERT INTO rollup (
  unit, date, target_group, sessions, attended, female, first_time, khmer, ethnic_minority, elderly, disabled, poor,
  assessed, completed
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
ON CONFLICT (unit, date, target_group) DO UPDATE SET
  sessions = sessions + excluded.sessions,
  attended = attended + excluded.attended,
  female = female + excluded.female,
  first_time = first_time + excluded.first_time,
  khmer = khmer + excluded.khmer,
  ethnic_minority = ethnic_minority + excluded.ethnic_minority,
  elderly = elderly + excluded.elderly,
  disabled = disabled + excluded.disabled,
  poor = poor + excluded.poor,
  assessed = assessed + excluded.assessed,
  completed = completed + excluded.completed
