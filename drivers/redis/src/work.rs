//! The session as the ground that steps over many keys stand on.

use crate::error::failed;
use crate::ground::{Call, Ground, Page, Scan};
use crate::info::Info;
use crate::lock::wrong;
use crate::lua;
use crate::resp::Reply;
use crate::servers::{Where, Words};
use crate::session::{Flight, Session};
use initium_driver::{Code, Error, Result};
use std::time::Duration;

impl Session {
    fn holding(&self, server: usize) -> Result<Where> {
        let all = self.servers.holding();
        let found = all.get(server).map(|server| Where::Server(*server));
        found.ok_or_else(|| {
            Error::new(
                Code::ConnectionLost,
                "the cluster has fewer servers than when this step began",
            )
            .help("run again: it goes on where it can")
        })
    }

    fn asked(&mut self, server: usize, words: &[&[u8]]) -> Result<Reply> {
        let place = self.holding(server)?;
        let words = words.iter().map(|word| word.to_vec()).collect();
        let reply = self.servers.one(place, words)?;
        match reply.error() {
            Some(said) => Err(failed(said)),
            None => Ok(reply),
        }
    }
}

fn scan(scan: &Scan) -> Words {
    let mut words: Words = vec![
        b"SCAN".to_vec(),
        scan.cursor.to_vec(),
        b"MATCH".to_vec(),
        scan.pattern.to_vec(),
        b"COUNT".to_vec(),
        scan.count.max(1).to_string().into_bytes(),
    ];
    if let Some(kind) = scan.kind {
        words.push(b"TYPE".to_vec());
        words.push(kind.into());
    }
    words
}

fn page(reply: &Reply) -> Result<Page> {
    if let Some(said) = reply.error() {
        return Err(failed(said));
    }
    let [cursor, keys] = reply.items() else {
        return Err(Error::new(Code::Internal, "SCAN answered no page"));
    };
    let keys = keys.items().iter().filter_map(Reply::text);
    Ok(Page {
        cursor: cursor.text().unwrap_or(b"0").to_vec(),
        keys: keys.map(<[u8]>::to_vec).collect(),
    })
}

impl Ground for Session {
    fn servers(&mut self) -> Result<usize> {
        Ok(self.servers.holding().len())
    }

    /// Who may not ask goes on from no cursor but its own.
    fn generation(&mut self, server: usize) -> Result<String> {
        let place = self.holding(server)?;
        let words = vec![b"INFO".to_vec(), b"server".to_vec()];
        let reply = self.servers.one(place, words)?;
        let info = reply.text().map(Info::read).unwrap_or_default();
        Ok(info.get("run_id").unwrap_or(&self.token).to_string())
    }

    fn size(&mut self, server: usize) -> Result<u64> {
        let size = self.asked(server, &[b"DBSIZE"])?.integer();
        Ok(size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0))
    }

    fn begin(&mut self, calls: &[Call], page: Option<Scan>) -> Result<()> {
        let scripts = calls.iter().map(|call| self.called(call));
        let scripts = scripts.collect::<Result<Vec<_>>>()?;
        let scanned = page.as_ref().map(scan);
        if self.send(&scripts, scanned.as_ref())? {
            let page = scanned.is_some();
            self.flights.push_back(Flight::Sent { scripts, page });
            return Ok(());
        }
        let mut others = Vec::new();
        if let (Some(page), Some(words)) = (page, scanned) {
            others.push((self.holding(page.server)?, words));
        }
        let asked = !others.is_empty();
        let mut replies = self.run(&scripts, &others)?;
        let page = match asked {
            true => Some(self::page(&replies.pop().unwrap_or(Reply::Nil))?),
            false => None,
        };
        self.flights.push_back(Flight::Landed(replies, page));
        Ok(())
    }

    fn finish(&mut self) -> Result<(Vec<Reply>, Option<Page>)> {
        match self.flights.pop_front() {
            None => Err(Error::new(Code::Internal, "nothing was begun")),
            Some(Flight::Landed(replies, page)) => Ok((replies, page)),
            Some(Flight::Sent { scripts, page }) => {
                let replies = self.receive(scripts.len() + usize::from(page))?;
                let (scripted, paged) = replies.split_at(scripts.len());
                let page = paged.first().map(self::page).transpose()?;
                let both = scripts.iter().zip(scripted);
                let replies = both.map(|(ready, reply)| self.answered(ready, reply.clone()));
                Ok((replies.collect::<Result<_>>()?, page))
            }
        }
    }

    fn read(&mut self, commands: &[Words]) -> Result<Vec<Reply>> {
        let place = |words: &Words| match words.get(1).and_then(|key| self.slot(key)) {
            Some(slot) => Where::Slot(slot),
            None => Where::Anywhere,
        };
        let commands: Vec<_> = commands
            .iter()
            .map(|words| (place(words), words.clone()))
            .collect();
        self.servers.ask(&commands)
    }

    fn slot(&self, key: &[u8]) -> Option<u16> {
        Session::slot(self, key)
    }

    fn ours(&self, key: &[u8]) -> bool {
        self.names.is_own(key)
    }

    fn note(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        let words = vec![b"HGET".to_vec(), self.notes(), name.into()];
        let reply = self.servers.one(self.home(), words)?;
        match reply.error() {
            Some(said) => Err(wrong(self, said)),
            None => Ok(reply.text().map(<[u8]>::to_vec)),
        }
    }

    fn keep(&mut self, name: &str, note: &[u8]) -> Result<()> {
        let mut ready = self.on_ledger(lua::keep(), None)?;
        ready.args.extend([name.as_bytes().to_vec(), note.to_vec()]);
        let reply = self.run(&[ready], &[])?.pop().unwrap_or(Reply::Nil);
        match reply.error() {
            Some(said) => Err(wrong(self, said)),
            None => Ok(()),
        }
    }

    fn notes(&self) -> Vec<u8> {
        self.names.key("marks")
    }

    fn pause(&mut self, time: Duration) -> Result<()> {
        self.servers.pause(time);
        Ok(())
    }
}
