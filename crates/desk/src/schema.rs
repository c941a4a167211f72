//! The shape of `case.db`: the steps that lead to it. `PRAGMA user_version` counts the steps taken; a step, once released, is
//! never edited. `schema.sql` is their sum, for people; a test compares the two.

use rusqlite::{Connection, TransactionBehavior};

/// The steps, in order.
const STEPS: &[&str] = &[include_str!("schema/0001-case.sql"), include_str!("schema/0002-great-lists.sql")];

/// How many steps this program knows.
pub(crate) fn newest() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Steps that the database has taken.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Takes the steps that are missing, all or none.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let taken = usize::try_from(version(&transaction)?).unwrap_or(usize::MAX);
    for step in STEPS.iter().skip(taken) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", newest())?;
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(connection: &Connection) -> Vec<String> {
        let mut all = connection.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").unwrap();
        let rows = all.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(|sql| sql.unwrap().split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn the_schema_is_the_sum_of_its_steps() {
        let mut stepped = Connection::open_in_memory().unwrap();
        migrate(&mut stepped).unwrap();
        let whole = Connection::open_in_memory().unwrap();
        whole.execute_batch(include_str!("schema/schema.sql")).unwrap();
        assert_eq!(shape(&stepped), shape(&whole));
        assert_eq!(version(&stepped).unwrap(), newest());
    }

    #[test]
    fn a_case_of_the_first_step_keeps_what_it_holds() {
        let mut old = Connection::open_in_memory().unwrap();
        old.execute_batch(STEPS[0]).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        old.execute_batch(
            "INSERT INTO file VALUES (1, 'aa', 'parc.csv', 9, '2026-01-01T00:00:00Z', 'me');
             INSERT INTO reading VALUES (1, 1, NULL, 'aa', 'software-list', 'ascii', 1, NULL, '[]', NULL, NULL);
             INSERT INTO phrase VALUES (1, '{\"name\":\"PC1\"}'), (2, '{\"machine\":{},\"name\":\"Office\"}');
             INSERT INTO fact VALUES (1, 0, NULL, 1, 1, 2, NULL, NULL);",
        )
        .unwrap();
        migrate(&mut old).unwrap();
        assert_eq!(version(&old).unwrap(), newest());
        let case = crate::Case::in_memory(old);
        let facts = case.facts().unwrap();
        assert_eq!(facts.len(), 1);
        assert!(matches!(&facts[0].fact, licensing::facts::Fact::Title(title) if title.name == "Office"));
        assert_eq!(case.files().unwrap()[0].facts(), 1);
    }

    #[test]
    fn a_second_migration_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let before = shape(&connection);
        migrate(&mut connection).unwrap();
        assert_eq!(shape(&connection), before);
    }
}
