mod bench;
#[test]
fn dump() {
    for v in bench::BOTH {
        let url = std::env::var(v).unwrap();
        let mut s = initium_driver::Settings::parse(&url, v).unwrap();
        s.name = Some("my_lab".into());
        let mut d = bench::open(&s, "initium_migrate").unwrap();
        let c = d.introspect().unwrap();
        println!("== {v}\n{c:#?}");
        println!("{:?}", d.sizes().unwrap());
    }
}
