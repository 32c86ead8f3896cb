// SPDX-License-Identifier: Apache-2.0
package dev.jitney.redactor;

import java.util.Locale;

/** What the redactor knows by its form. The name in lower case is what the options call it. */
enum Kind {
    EMAIL("EMAIL"),
    CARD("CC"),
    SSN("SSN"),
    PHONE("PHONE"),
    IBAN("IBAN"),
    IPV4("IP"),
    IPV6("IP"),
    MAC("MAC"),
    GENERIC_KEY("KEY"),
    AI_KEY("AI_KEY"),
    BEARER("BEARER"),
    BASIC("BASIC"),
    COOKIE("COOKIE"),
    JWT("JWT"),
    PRIVATE_KEY("PRIVATE_KEY"),
    URL_CREDENTIALS(""),
    ASSIGNMENT(""),
    AWS_KEY("AWS_KEY"),
    AWS_SECRET("AWS_SECRET"),
    AWS_ARN("AWS_ARN"),
    GCP_KEY("GCP_KEY"),
    GCP_TOKEN("GCP_TOKEN"),
    GITHUB_TOKEN("GITHUB_TOKEN"),
    GITLAB_TOKEN("GITLAB_TOKEN"),
    SLACK_TOKEN("SLACK_TOKEN"),
    SLACK_WEBHOOK("SLACK_WEBHOOK"),
    STRIPE_KEY("STRIPE_KEY"),
    SENDGRID_KEY("SENDGRID_KEY"),
    TWILIO_KEY("TWILIO_KEY"),
    NPM_TOKEN("NPM_TOKEN"),
    PYPI_TOKEN("PYPI_TOKEN"),
    HUGGINGFACE_TOKEN("HUGGINGFACE_TOKEN"),
    DOCKER_TOKEN("DOCKER_TOKEN"),
    DIGITALOCEAN_TOKEN("DIGITALOCEAN_TOKEN"),
    SHOPIFY_TOKEN("SHOPIFY_TOKEN"),
    VAULT_TOKEN("VAULT_TOKEN"),
    TELEGRAM_TOKEN("TELEGRAM_TOKEN"),
    AGE_KEY("AGE_KEY"),
    BASE64("BASE64");

    private final String token;

    Kind(String what) {
        token = what.isEmpty() ? "[REDACTED]" : "[REDACTED_" + what + "]";
    }

    /** Returns what stands in its place. */
    String token() {
        return token;
    }

    /** Returns what the options call it: {@code aws-key}. */
    String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    long bit() {
        return 1L << ordinal();
    }
}
