//! The price book: a CSV file of list prices, each with where it was read and of when it is.

use rust_decimal::Decimal;
use std::collections::BTreeMap;

const COLUMNS: [&str; 11] = [
    "provider",
    "region",
    "service",
    "sku",
    "attribute_vcpu",
    "attribute_memory_gib",
    "purchase_option",
    "unit",
    "price_usd",
    "source",
    "as_of",
];

/// One price. Always US dollars, before tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Of one unit, exact.
    pub usd: Decimal,
    pub source: String,
    /// Date, `2026-07-20`.
    pub as_of: String,
}

impl Price {
    /// `List price of 2026-07-20, aws/karpenter-provider-aws`.
    pub fn origin(&self) -> String {
        let repository: Vec<&str> = self.source.splitn(3, '/').take(2).collect();
        format!("List price of {}, {}", self.as_of, repository.join("/"))
    }
}

/// Prices by provider, region, service, sku, purchase option and unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceBook {
    prices: BTreeMap<[String; 6], Price>,
}

impl PriceBook {
    /// Reads the CSV text (RFC 4180, comma, header line as [the shipped file](shipped)).
    ///
    /// # Errors
    /// The first wrong line, with its number.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rows = rows(text)?.into_iter();
        let header = rows.next().map(|(_, cells)| cells).unwrap_or_default();
        if header != COLUMNS {
            return Err(format!("The price book's first line must be: {}.", COLUMNS.join(",")));
        }
        let mut prices = BTreeMap::new();
        for (line, cells) in rows {
            let fail = |what: String| Err(format!("Price book, line {line}: {what}"));
            let Ok([provider, region, service, sku, _, _, option, unit, usd, source, as_of]) =
                <[String; 11]>::try_from(cells)
            else {
                return fail("there must be 11 cells.".into());
            };
            let usd = match usd.parse::<Decimal>() {
                Ok(usd) if !usd.is_sign_negative() => usd,
                _ => return fail(format!("{usd:?} is not a price; write a decimal such as 0.0416.")),
            };
            if source.is_empty() || !super::super::catalogue::matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", &as_of) {
                return fail("a price needs its source and its date (2026-07-20).".into());
            }
            let key = [provider, region, service, sku, option, unit];
            if key.iter().any(String::is_empty) {
                return fail("provider, region, service, sku, purchase_option and unit must not be empty.".into());
            }
            let name = format!("{} in {}", key[3], key[1]);
            if prices.insert(key, Price { usd, source, as_of }).is_some() {
                return fail(format!("there is another price of {name}; keep one."));
            }
        }
        Ok(Self { prices })
    }

    /// The price of one unit.
    ///
    /// # Errors
    /// What is missing, in a sentence.
    pub fn find(
        &self,
        provider: &str,
        region: &str,
        service: &str,
        sku: &str,
        purchase_option: &str,
        unit: &str,
    ) -> Result<&Price, String> {
        let key = [provider, region, service, sku, purchase_option, unit].map(String::from);
        if let Some(price) = self.prices.get(&key) {
            return Ok(price);
        }
        let others: Vec<&str> = self.prices.keys().filter(|k| k[..5] == key[..5]).map(|k| k[5].as_str()).collect();
        Err(match others[..] {
            [] => format!("The price book has no {purchase_option} price of {sku} ({service}) in {provider} {region}."),
            _ => {
                format!("The price book has {sku} in {provider} {region} per {}, not per {unit}.", others.join(" and "))
            }
        })
    }

    /// Number of prices.
    pub fn len(&self) -> usize {
        self.prices.len()
    }

    pub fn is_empty(&self) -> bool {
        self.prices.is_empty()
    }
}

/// The price book that comes with Causeway.
pub fn shipped() -> &'static str {
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../catalogue/prices/price_book.csv"))
}

/// Records with the number of the line they start on. Quotes, doubled quotes and line ends inside quotes are understood.
fn rows(text: &str) -> Result<Vec<(usize, Vec<String>)>, String> {
    let mut rows = Vec::new();
    let (mut cells, mut cell, mut quoted, mut line, mut start) = (Vec::new(), String::new(), false, 1, 1);
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            '\r' if !quoted && chars.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                line += 1;
                if !(cells.is_empty() && cell.is_empty()) {
                    cells.push(std::mem::take(&mut cell));
                    rows.push((start, std::mem::take(&mut cells)));
                }
                start = line;
            }
            c => {
                line += usize::from(c == '\n');
                cell.push(c);
            }
        }
    }
    if quoted {
        return Err(format!("Price book, line {start}: a quotation mark is not closed."));
    }
    if !(cells.is_empty() && cell.is_empty()) {
        cells.push(cell);
        rows.push((start, cells));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "provider,region,service,sku,attribute_vcpu,attribute_memory_gib,purchase_option,unit,price_usd,source,as_of\n";

    fn parse(lines: &str) -> Result<PriceBook, String> {
        PriceBook::parse(&format!("{HEADER}{lines}"))
    }

    #[test]
    fn the_shipped_book_is_read_whole_and_exact() {
        let book = PriceBook::parse(shipped()).unwrap();
        assert_eq!(book.len(), shipped().lines().count() - 1);
        let price = book.find("gcp", "us-central1", "vm", "e2-micro", "on-demand", "hour").unwrap();
        assert_eq!(price.usd.to_string(), "0.0083764275");
        assert_eq!(price.origin(), "List price of 2026-07-30, Cyclenerd/google-cloud-pricing-cost-calculator");
    }

    #[test]
    fn quotes_commas_and_line_ends_in_cells_are_understood() {
        let book = parse("a,r,s,\"k, \"\"x\"\"\ny\",,,on-demand,hour,1.10,s/t/u,2026-01-01\r\n\n").unwrap();
        assert_eq!(book.find("a", "r", "s", "k, \"x\"\ny", "on-demand", "hour").unwrap().usd.to_string(), "1.10");
    }

    #[test]
    fn a_wrong_line_is_named() {
        let good = "a,r,s,k,,,on-demand,hour,1,s,2026-01-01\n";
        for (lines, sentence) in [
            ("a,b\n".to_owned(), "Price book, line 2: there must be 11 cells."),
            (good.replace(",1,", ",-1,"), "Price book, line 2: \"-1\" is not a price; write a decimal such as 0.0416."),
            (
                good.replace(",1,", ",1e999,"),
                "Price book, line 2: \"1e999\" is not a price; write a decimal such as 0.0416.",
            ),
            (
                good.replace(",s,2026", ",,2026"),
                "Price book, line 2: a price needs its source and its date (2026-07-20).",
            ),
            (
                good.replace(",k,", ",,"),
                "Price book, line 2: provider, region, service, sku, purchase_option and unit must not be empty.",
            ),
            (format!("{good}{good}"), "Price book, line 3: there is another price of k in r; keep one."),
            ("\"a".into(), "Price book, line 2: a quotation mark is not closed."),
        ] {
            assert_eq!(parse(&lines).unwrap_err(), sentence);
        }
        assert!(PriceBook::parse("").unwrap_err().starts_with("The price book's first line must be: provider,"));
    }

    #[test]
    fn a_missing_price_says_what_is_missing() {
        let book = parse("a,r,s,k,,,on-demand,hour,1,s,2026-01-01\n").unwrap();
        let find = |sku, unit| book.find("a", "r", "s", sku, "on-demand", unit).unwrap_err();
        assert_eq!(find("k2", "hour"), "The price book has no on-demand price of k2 (s) in a r.");
        assert_eq!(find("k", "gb-month"), "The price book has k in a r per hour, not per gb-month.");
    }
}
