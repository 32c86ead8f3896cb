// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.webhook;

import dev.jitney.event.TopicPattern;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Offers the webhook, as handler {@code webhook}. Its README has a table of the options. */
public final class WebhookProvider implements HandlerProvider {

    static final String NAME = "webhook";

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** Found by {@code ServiceLoader}. */
    public WebhookProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public EventHandler create(PluginConfig config) {
        URI url = url(config);
        List<TopicPattern> topics = config.topics("topics");
        Duration timeout = config.duration("timeout", Duration.ofSeconds(10), SHORTEST, LONGEST);
        Retrying retrying =
                new Retrying(
                        (int) config.number("attempts", 3, 1, 100),
                        config.duration("backoff", Duration.ofMillis(500), SHORTEST, LONGEST),
                        config.duration("most-backoff", Duration.ofSeconds(10), SHORTEST, LONGEST));
        Signature signature = signature(config);
        Secret authorization = config.secret("authorization");
        if (authorization != null && !isHeader(authorization.reveal())) {
            config.problem("'authorization' is not the value of a header");
        }
        boolean masked = config.bool("mask", true);
        config.check();
        Requests requests =
                new Requests(url, timeout, signature, authorization, masked, config.context());
        return new WebhookHandler(topics, requests, retrying, timeout);
    }

    private static URI url(PluginConfig config) {
        String text = config.required("url");
        URI fallback = URI.create("http://localhost");
        try {
            URI url = text.isEmpty() ? fallback : new URI(text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            boolean plain = url.getRawUserInfo() == null && url.getRawFragment() == null;
            if (http && url.getHost() != null && isPort(url.getPort()) && plain) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Said below, without the value, which may hold a secret.
        }
        config.problem(
                "'url' is no address of an endpoint, expected http:// or https://, a host, perhaps a port from 1 to 65535 and a path, without a user and without a #fragment; a password belongs in 'authorization'");
        return fallback;
    }

    private static boolean isPort(int port) {
        return port == -1 || port >= 1 && port <= 65_535;
    }

    private static @Nullable Signature signature(PluginConfig config) {
        Secret secret = config.secret("secret");
        try {
            return secret == null ? null : Signature.of(secret);
        } catch (IllegalArgumentException e) {
            config.problem(
                    "'secret' is not a key, expected 16 characters or more, or whsec_ and base64 of 16 bytes or more");
            return null;
        }
    }

    private static boolean isHeader(String value) {
        return !value.isBlank() && value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    /** Not by itself: where events go is a decision. */
    @Override
    public boolean automatic() {
        return false;
    }
}
