//! Schemas and extensions.

use super::Writer;
use crate::spell;
use initium_driver::catalog::{Extension, Schema};
use initium_driver::change::Edit;
use initium_driver::error::Result;

impl Writer<'_> {
    pub fn schema(&mut self, edit: &Edit<Schema>) -> Result<()> {
        let comment = |schema: &Schema| {
            let text = spell::comment(schema.comment.as_deref());
            format!("COMMENT ON SCHEMA {} IS {text}", spell::name(&schema.name))
        };
        match edit {
            Edit::Add(schema) => {
                self.say(format!("CREATE SCHEMA {}", spell::name(&schema.name)));
                if schema.comment.is_some() {
                    self.say(comment(schema));
                }
            }
            Edit::Drop(schema) => self.say(format!("DROP SCHEMA {}", spell::name(&schema.name))),
            Edit::Alter { from, to } => {
                if from.name != to.name {
                    let (old, new) = (spell::name(&from.name), spell::name(&to.name));
                    self.say(format!("ALTER SCHEMA {old} RENAME TO {new}"));
                }
                if from.comment != to.comment {
                    self.say(comment(to));
                }
            }
        }
        Ok(())
    }

    pub fn extension(&mut self, edit: &Edit<Extension>) -> Result<()> {
        match edit {
            Edit::Add(it) => {
                let schema = it
                    .schema
                    .as_ref()
                    .map(|it| format!(" SCHEMA {}", spell::name(it)));
                let version = it
                    .version
                    .as_ref()
                    .map(|it| format!(" VERSION {}", spell::text(it)));
                self.say(format!(
                    "CREATE EXTENSION {}{}{}",
                    spell::name(&it.name),
                    schema.unwrap_or_default(),
                    version.unwrap_or_default()
                ));
            }
            Edit::Drop(it) => self.say(format!("DROP EXTENSION {}", spell::name(&it.name))),
            Edit::Alter { from, to } => {
                let name = spell::name(&to.name);
                if let Some(schema) = to.schema.as_ref().filter(|_| from.schema != to.schema) {
                    let schema = spell::name(schema);
                    self.say(format!("ALTER EXTENSION {name} SET SCHEMA {schema}"));
                }
                if let Some(version) = to.version.as_ref().filter(|_| from.version != to.version) {
                    let version = spell::text(version);
                    self.say(format!("ALTER EXTENSION {name} UPDATE TO {version}"));
                }
            }
        }
        Ok(())
    }
}
