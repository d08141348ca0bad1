"""Renders the Helm chart with Helm's own engine and holds every manifest against Kubernetes' schemas."""

import sys
from pathlib import Path

import kubernetes_validate
import yaml
from helm_python import Chart, lint

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "docker/helm/waystation"

# Kinds that the schemas of Kubernetes itself do not know: those of Prometheus Operator.
FOREIGN = {"ServiceMonitor", "PrometheusRule"}

EVERYTHING = {
    "image": {"tag": "1.2.3"},
    "imagePullSecrets": [{"name": "registry"}],
    "secrets": {"values": {"admin-token": "a", "write-key": "b"}},
    "env": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
    "persistence": {"storageClass": "fast", "annotations": {"backup": "yes"}},
    "service": {"annotations": {"a": "b"}},
    "ingress": {"enabled": True, "className": "nginx", "tlsSecret": "tls", "annotations": {"a": "b"}},
    "podAnnotations": {"a": "b"},
    "podLabels": {"team": "data"},
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "a", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
    "priorityClassName": "high",
    "networkPolicy": {"ingressFrom": [{"podSelector": {}}], "metricsFrom": [{"namespaceSelector": {}}]},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}},
    "serviceAccount": {"annotations": {"a": "b"}},
}

NOTHING = {
    "secrets": {"existingSecret": "mine"},
    "podDisruptionBudget": {"enabled": False},
    "networkPolicy": {"enabled": False},
    "serviceAccount": {"create": False},
}

REFUSED = [
    ({"replicas": 2}, "the embedded store has one writer"),
    ({"persistence": {"size": "lots"}}, "a size is a quantity"),
    ({"imagee": {}}, "a misspelt value"),
    ({"service": {"type": "Magic"}}, "a kind of service"),
]


def documents(rendered):
    for template in rendered.values() if isinstance(rendered, dict) else [rendered]:
        for document in yaml.safe_load_all(template):
            if document:
                yield document


def manifests(chart, values):
    rendered = chart.render(values=values, name="events", namespace="data")
    rendered = rendered if isinstance(rendered, dict) else {"all": rendered}
    texts = {name: text for name, text in rendered.items() if not name.endswith("NOTES.txt")}
    return list(documents(texts))


def check(what, chart, values, kinds):
    found = manifests(chart, values)
    assert {document["kind"] for document in found} == kinds, (what, sorted(d["kind"] for d in found))
    for document in found:
        if document["kind"] not in FOREIGN:
            kubernetes_validate.validate(document, "1.34", strict=True)
    print(f"chart, {what}: {len(found)} manifests fit")
    return {document["kind"]: document for document in found}


def main():
    chart = Chart.load(CHART)
    base = {"StatefulSet", "Service", "ConfigMap"}
    usual = base | {"Secret", "PodDisruptionBudget", "NetworkPolicy", "ServiceAccount"}
    default = check("as it comes", chart, {}, usual)
    check("with everything", chart, EVERYTHING, usual | {"Ingress"} | FOREIGN)
    check("with nothing", chart, NOTHING, base)

    pod = default["StatefulSet"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert pod["automountServiceAccountToken"] is False

    for values, why in REFUSED:
        try:
            manifests(chart, values)
        except Exception:
            continue
        sys.exit(f"the chart takes {values}, and should not: {why}")
    print(f"chart: {len(REFUSED)} wrong values are refused")

    findings = lint(CHART)
    print("chart, lint:", findings)
    configuration = default["ConfigMap"]["data"]["waystation.toml"]
    (ROOT / "target/deployment").mkdir(parents=True, exist_ok=True)
    (ROOT / "target/deployment/chart.toml").write_text(configuration)


main()
