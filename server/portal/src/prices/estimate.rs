//! Components of a template times rows of the price book.

use super::{HOURS_A_MONTH, PriceBook};
use crate::catalogue::{
    Dialect, Facts, PriceComponent, Template, environment, known_names, sample, unknown, unknown_words, variables,
    words,
};
use causeway_contract::{
    Answers, Money,
    requests::{Estimate, PriceLine},
};
use minijinja::{Environment, Value, context, value::ValueKind};
use rust_decimal::Decimal;

/// What the environment costs a month. A line without a price says what is missing and is never counted as 0.
pub fn estimate(template: &Template, book: &PriceBook, facts: &Facts, answers: &Answers) -> Estimate {
    let scope = Scope::new(template, facts, answers);
    let mut estimate = Estimate::default();
    for component in &template.prices {
        let line = match scope.work_out(component) {
            Ok(None) => continue,
            Ok(Some(item)) => item.line(book, &facts.region),
            Err(why) => PriceLine {
                label: component.service.clone(),
                quantity: String::new(),
                unit_price: None,
                monthly: None,
                source: format!("The template's owner must correct this line: {why}"),
            },
        };
        match &line.monthly {
            None => estimate.unpriced += 1,
            Some(money) => {
                let sum = estimate.monthly.as_ref().map_or(Decimal::ZERO, |m| m.amount) + money.amount;
                estimate.monthly = Some(Money::usd(sum));
            }
        }
        estimate.lines.push(line);
    }
    estimate
}

/// The lowest monthly price with the default answers in the first tier, over its regions; of those, the one with the
/// fewest lines unpriced, and how many those are. `None` when nothing of it has a price.
pub fn price_from(template: &Template, book: &PriceBook) -> Option<(Money, u32)> {
    let tier = template.tiers.first()?.tier;
    let estimates = template.regions.iter().filter_map(|region| {
        let sample = sample(template, tier, region, &Answers::new()).ok()?;
        let estimate = estimate(template, book, &sample.facts, &sample.answers);
        estimate.monthly.map(|money| (estimate.unpriced, money.amount))
    });
    estimates.min().map(|(unpriced, amount)| (Money::usd(amount), unpriced))
}

/// Works out every component that is there with these answers.
///
/// # Errors
/// A sentence that names the component.
pub(crate) fn check(template: &Template, facts: &Facts, answers: &Answers) -> Result<(), String> {
    let scope = Scope::new(template, facts, answers);
    for component in &template.prices {
        scope.work_out(component).map_err(|why| fault(component, &why))?;
    }
    Ok(())
}

fn fault(component: &PriceComponent, why: &str) -> String {
    format!("template.yaml: the price of {:?}: {why}", component.label)
}

/// Compiles every component and refuses names that nothing knows, also where `when` hides the line.
///
/// # Errors
/// A sentence that names the component.
pub(crate) fn compile(template: &Template) -> Result<(), String> {
    let environment = environment(Dialect::Text);
    let mut known = known_names(template);
    known.insert("hours_a_month".into());
    for component in &template.prices {
        for (text, is_expression) in texts(component) {
            let used = if is_expression {
                environment.compile_expression(text).map(|e| e.undeclared_variables(false))
            } else {
                environment.template_from_str(text).map(|t| t.undeclared_variables(false))
            };
            let used = used.map_err(|e| fault(component, &format!("{text:?} cannot be read: {}", words(&e))))?;
            if let Some(name) = unknown(&environment, &known, used) {
                return Err(fault(component, &unknown_words(&name)));
            }
        }
    }
    Ok(())
}

/// A component with its expressions worked out.
struct Item {
    label: String,
    provider: String,
    service: String,
    sku: String,
    purchase_option: String,
    unit: String,
    quantity: Decimal,
}

impl Item {
    fn line(self, book: &PriceBook, region: &str) -> PriceLine {
        let found = book.find(&self.provider, region, &self.service, &self.sku, &self.purchase_option, &self.unit);
        let quantity = format!("{} {}", self.quantity.normalize(), self.unit);
        let priced = found.and_then(|price| {
            let monthly = price.usd.checked_mul(self.quantity);
            monthly.map(|m| (price, m)).ok_or_else(|| "The amount is too large to work out.".to_owned())
        });
        match priced {
            Ok((price, monthly)) => PriceLine {
                label: self.label,
                quantity,
                unit_price: Some(Money::usd(price.usd)),
                monthly: Some(Money::usd(monthly.normalize())),
                source: match self.purchase_option.as_str() {
                    "spot" => format!("{}. Spot prices move from hour to hour.", price.origin()),
                    _ => price.origin(),
                },
            },
            Err(source) => PriceLine { label: self.label, quantity, unit_price: None, monthly: None, source },
        }
    }
}

/// Everything in the component that is worked out, and whether it is an expression.
fn texts(c: &PriceComponent) -> Vec<(&str, bool)> {
    let mut all = vec![(c.label.as_str(), false), (&c.service, false), (&c.sku, false)];
    all.extend([(c.purchase_option.as_str(), false), (&c.unit, false), (&c.quantity, true)]);
    all.extend(c.provider.as_deref().map(|p| (p, false)));
    all.extend(c.when.as_deref().map(|w| (w, true)));
    all
}

struct Scope {
    environment: Environment<'static>,
    variables: Value,
    cloud: String,
}

impl Scope {
    fn new(template: &Template, facts: &Facts, answers: &Answers) -> Self {
        let variables = context! { hours_a_month => HOURS_A_MONTH, ..variables(template, facts, answers) };
        Self { environment: environment(Dialect::Text), variables, cloud: facts.cloud.to_string() }
    }

    fn text(&self, text: &str) -> Result<String, String> {
        let rendered = self.environment.render_str(text, &self.variables);
        rendered.map_err(|e| format!("{text:?} cannot be worked out: {}", words(&e)))
    }

    fn value(&self, text: &str) -> Result<Value, String> {
        let compiled = self.environment.compile_expression(text);
        let value = compiled.and_then(|e| e.eval(&self.variables));
        value.map_err(|e| format!("{text:?} cannot be worked out: {}", words(&e)))
    }

    /// `None`: the line is not there with these answers.
    fn work_out(&self, component: &PriceComponent) -> Result<Option<Item>, String> {
        if let Some(when) = &component.when
            && !self.value(when)?.is_true()
        {
            return Ok(None);
        }
        let quantity = self.value(&component.quantity)?;
        let refuse =
            || format!("{:?} is not a quantity; write a whole number, or a decimal as text.", component.quantity);
        let exact = match quantity.kind() {
            ValueKind::Number if quantity.is_integer() => quantity.to_string().parse::<Decimal>().ok(),
            ValueKind::String => quantity.as_str().and_then(|t| t.parse::<Decimal>().ok()),
            // A binary fraction is not exact.
            _ => None,
        };
        let quantity = exact.filter(|q| !q.is_sign_negative()).ok_or_else(refuse)?;
        let provider = component.provider.as_deref().map_or(Ok(self.cloud.clone()), |p| self.text(p))?;
        Ok(Some(Item {
            label: self.text(&component.label)?,
            provider,
            service: self.text(&component.service)?,
            sku: self.text(&component.sku)?,
            purchase_option: self.text(&component.purchase_option)?,
            unit: self.text(&component.unit)?,
            quantity,
        }))
    }
}
