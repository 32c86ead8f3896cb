// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.webhook;

import dev.jitney.event.Event;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.Secret;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes the requests of a webhook: a CloudEvent in structured mode, masked unless told otherwise.
 *
 * @param timeout after which a request is given up
 */
record Requests(
        URI url,
        Duration timeout,
        @Nullable Signature signature,
        @Nullable Secret authorization,
        boolean masked,
        PluginContext context) {

    /**
     * Returns the body of all attempts.
     *
     * @throws dev.jitney.spi.EventFormatException if the payload cannot be written as JSON
     */
    byte[] body(Event event) {
        EventFormat format = context.eventFormat();
        return format.encode(masked ? context.masker().mask(event, format) : event);
    }

    /** Returns one attempt, signed now. */
    HttpRequest of(Event event, byte[] body) {
        // Of one event always the same, so that the endpoint can tell what it has had already.
        String id = headerValue(event.id());
        long seconds = context.clock().instant().getEpochSecond();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url)
                        .timeout(timeout)
                        .header("content-type", "application/cloudevents+json; charset=utf-8")
                        .header("user-agent", "jitney-webhook")
                        .header("webhook-id", id)
                        .header("webhook-timestamp", Long.toString(seconds))
                        .POST(BodyPublishers.ofByteArray(body));
        if (signature != null) {
            request.header("webhook-signature", signature.of(id, seconds, body));
        }
        if (authorization != null) {
            request.header("authorization", authorization.reveal());
        }
        return request.build();
    }

    private static String headerValue(String id) {
        boolean legal = id.chars().allMatch(c -> c > ' ' && c < 0x7f);
        return legal ? id : URLEncoder.encode(id, StandardCharsets.UTF_8);
    }

    /** Returns the address for messages: without its query, in which there may be a token. */
    String shownUrl() {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        return context.masker().mask(url.getScheme() + "://" + url.getHost() + port + path);
    }
}
