//! Every pair of the corpus, in both directions: no difference is missed, and none is made up.
//!
//! To add a pair: a folder of `corpus/` with `expect.json` and what it needs of `before.json` and `after.json`
//! (`docs/evidence.md` says what `expect.json` holds).

use causeway_evidence::fingerprint::Key;
use causeway_evidence::material::{Finding, Planned, Rules, compare};
use causeway_evidence::within::Losses;
use causeway_evidence::{Basis, Boundary, Cost, Fingerprint, Kind, Material, plan};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The corpus is a sample only while it is large and holds about as much of what counts as of what does not.
const AT_LEAST: usize = 40;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// What the pair shows.
    why: String,
    source: Source,
    material: bool,
    kinds: BTreeSet<Kind>,
    /// All of them, from before to after.
    sentences: Vec<String>,
    #[serde(default)]
    notes: Vec<String>,
    /// From after to before, where that is not the same.
    reverse: Option<Reverse>,
    approved: Option<Given>,
    now: Option<Given>,
    boundary: Option<BoundaryGiven>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Source {
    /// Made by `make.sh`.
    Terraform,
    Written,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reverse {
    material: bool,
    kinds: BTreeSet<Kind>,
}

/// What there is besides the plan.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Given {
    request_digest: String,
    files_digest: String,
    cost: Cost,
    policy: Vec<Finding>,
    directory: String,
}

impl Default for Given {
    fn default() -> Self {
        Self {
            request_digest: "same".into(),
            files_digest: "same".into(),
            cost: serde_json::from_str(r#"{"monthly":{"amount":"100.00","currency":"USD"},"unpriced":0}"#).unwrap(),
            policy: Vec::new(),
            directory: "environments/shop-dev".into(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundaryGiven {
    directory: String,
    modules: Vec<String>,
    losses: Losses,
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn folders() -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> =
        fs::read_dir(corpus()).unwrap().map(|e| e.unwrap().path()).filter(|path| path.is_dir()).collect();
    out.sort();
    out
}

fn expectation(folder: &Path) -> Result<Expect, String> {
    let text =
        fs::read_to_string(folder.join("expect.json")).map_err(|e| format!("no expectation: expect.json: {e}"))?;
    serde_json::from_str(&text).map_err(|e| format!("expect.json: {e}"))
}

fn fingerprint(file: &Path) -> Result<Option<Fingerprint>, String> {
    let Ok(bytes) = fs::read(file) else { return Ok(None) };
    let plan = plan::read(&bytes).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(Some(Fingerprint::of(&plan, &Key::new(b"a key for the corpus").unwrap())))
}

fn basis(folder: &Path, file: &str, given: Option<&Given>) -> Result<Basis, String> {
    let same = Given::default();
    let given = given.unwrap_or(&same);
    let plan = fingerprint(&folder.join(file))?;
    // Stored and read again, as it is with an approval.
    let plan = plan.map(|p| serde_json::from_str(&serde_json::to_string(&p).unwrap()).unwrap());
    Ok(Basis {
        request_digest: given.request_digest.clone(),
        files_digest: given.files_digest.clone(),
        cost: given.cost.clone(),
        policy: given.policy.clone(),
        plan: plan.map(|fingerprint| Planned { directory: given.directory.clone(), fingerprint }),
    })
}

fn check(folder: &Path) -> Result<Expect, String> {
    let expect = expectation(folder)?;
    let boundary = expect.boundary.as_ref().map(|b| Boundary {
        directory: b.directory.clone(),
        modules: b.modules.clone(),
        losses: b.losses.clone(),
    });
    let rules = Rules { boundary, ..Rules::default() };
    let before = basis(folder, "before.json", expect.approved.as_ref())?;
    let after = basis(folder, "after.json", expect.now.as_ref())?;
    let given = before.plan.is_some() || after.plan.is_some() || expect.approved.is_some();
    if expect.why.is_empty() || !given {
        return Err("nothing to compare, or no reason given".into());
    }
    for (side, name) in [(&before, "before"), (&after, "after")] {
        let itself = compare(side, side, &rules);
        if itself != Material::default() {
            return Err(format!("{name} differs from itself: {itself:#?}"));
        }
    }
    let forth = compare(&before, &after, &rules);
    judge("before to after", &forth, expect.material, &expect.kinds)?;
    let sentences: Vec<&str> = forth.differences.iter().map(|d| d.sentence.as_str()).collect();
    if sentences != expect.sentences || forth.notes != expect.notes {
        return Err(format!(
            "other sentences than expected:\n{}",
            serde_json::to_string_pretty(&BTreeMap::from([
                ("sentences", sentences),
                ("notes", forth.notes.iter().map(String::as_str).collect())
            ]))
            .unwrap()
        ));
    }
    let (material, kinds) = match &expect.reverse {
        Some(reverse) => (reverse.material, &reverse.kinds),
        None => (expect.material, &expect.kinds),
    };
    judge("after to before", &compare(&after, &before, &rules), material, kinds)?;
    Ok(expect)
}

fn judge(direction: &str, found: &Material, material: bool, kinds: &BTreeSet<Kind>) -> Result<(), String> {
    let what = match (material, found.is_material()) {
        (true, false) => "a miss: nothing was found that counts",
        (false, true) => "a false alarm",
        _ if found.kinds() != *kinds => "other kinds of evidence than expected",
        _ => return Ok(()),
    };
    Err(format!("{direction}: {what}: {found:#?}"))
}

#[test]
fn no_miss_and_no_false_alarm() {
    let mut failures = Vec::new();
    let (mut material, mut all, mut made) = (0, 0, 0);
    for folder in folders() {
        match check(&folder) {
            Ok(expect) => {
                all += 1;
                material += usize::from(expect.material);
                made += usize::from(expect.source == Source::Terraform);
            }
            Err(problem) => failures.push(format!("{}: {problem}", folder.file_name().unwrap().display())),
        }
    }
    assert!(failures.is_empty(), "{} of {} pairs:\n\n{}", failures.len(), all + failures.len(), failures.join("\n\n"));
    assert!(all >= AT_LEAST, "{all} pairs, at least {AT_LEAST} are needed");
    assert!(made >= AT_LEAST / 2 && all - made >= AT_LEAST / 2, "{made} of {all} pairs are made by Terraform");
    assert!(
        material * 5 >= all * 2 && material * 5 <= all * 3,
        "{material} of {all} pairs are material: not about half"
    );
}

/// A folder without an expectation, with a wrong one, or with a plan that cannot be read is a failure.
#[test]
fn a_pair_that_says_nothing_fails() {
    let dir = std::env::temp_dir().join(format!("causeway-evidence-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    let good = corpus().join("aws-instance-type");
    let with = |expect: Option<String>, before: &str| {
        match expect {
            Some(text) => fs::write(dir.join("expect.json"), text).unwrap(),
            None => drop(fs::remove_file(dir.join("expect.json"))),
        }
        fs::write(dir.join("before.json"), before).unwrap();
        fs::copy(good.join("after.json"), dir.join("after.json")).unwrap();
        check(&dir).map(|_| ())
    };
    let before = fs::read_to_string(good.join("before.json")).unwrap();
    let after = fs::read_to_string(good.join("after.json")).unwrap();
    let expect = fs::read_to_string(good.join("expect.json")).unwrap();
    let errors = [
        with(None, &before),
        with(Some(expect.replace("true", "false").replace("\"plan\"", "")), &before),
        with(Some(expect.clone()), &after),
        with(Some(expect.clone()), "{}"),
        with(Some(expect.replace("instance_type", "another")), &before),
    ];
    let good = with(Some(expect), &before);
    fs::remove_dir_all(&dir).unwrap();
    assert_eq!(good, Ok(()));
    for (error, says) in
        errors.iter().zip(["no expectation", "a false alarm", "a miss", "not a Terraform plan", "sentences"])
    {
        assert!(error.as_ref().is_err_and(|e| e.contains(says)), "{error:?} should say {says}");
    }
}

/// No value that a plan marks as sensitive is in what is stored or said.
#[test]
fn nothing_sensitive_is_kept() {
    for name in
        ["tf-sensitive-value", "tf-secret-by-name", "tf-secret-unchanged", "aws-password", "aws-secret-in-document"]
    {
        let mut secrets = 0;
        for file in ["before.json", "after.json"] {
            let path = corpus().join(name).join(file);
            secrets += fs::read_to_string(&path).unwrap().matches("made-up").count();
            let print = fingerprint(&path).unwrap().unwrap();
            let kept = format!("{} {print:?}", serde_json::to_string(&print).unwrap());
            assert!(!kept.contains("made-up"), "{name}/{file}: {kept}");
        }
        assert!(secrets > 0, "{name}: the pair has no secret");
    }
}
