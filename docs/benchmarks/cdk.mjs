// The app that cdk.sh deploys with the CDK: our own rendered templates, resource by resource, under
// names of their own. TEMPLATES is their folder, VALUES a file with the values of their parameters.
import { readFileSync, writeFileSync } from "node:fs";
import { App, CliCredentialsStackSynthesizer, Stack } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";

const { TEMPLATES, VALUES } = process.env;
const values = JSON.parse(readFileSync(VALUES, "utf8"));
const app = new App();

for (const id of ["storage", "database", "auth", "compute", "api"]) {
  const text = readFileSync(`${TEMPLATES}/${id}.json`, "utf8");
  const templateFile = `${TEMPLATES}/cdk-${id}.json`;
  writeFileSync(templateFile, text.replaceAll("collections-local", "cdkbench"));
  const names = Object.keys(JSON.parse(text).Parameters ?? {});
  const parameters = Object.fromEntries(names.map((name) => [name, values[name] ?? ""]));
  const stack = new Stack(app, `Cdkbench-${id}`, {
    env: { account: "000000000000", region: "us-east-1" },
    synthesizer: new CliCredentialsStackSynthesizer(),
  });
  new CfnInclude(stack, "All", { templateFile, parameters });
}
app.synth();
