// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.EventBus;
import dev.jitney.EventBusBuilder;
import dev.jitney.Publication;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.Event;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventFormatException;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.Masker;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.TimeSource;
import dev.jitney.tck.TckContext;
import dev.jitney.tck.WordMasker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WebhookTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String KEY = "0123456789abcdef0123456789abcdef";

    private static EventBusBuilder builder(String url, String... options) {
        Map<String, String> config = new HashMap<>(Map.of("url", url, "backoff", "1ms"));
        for (int i = 0; i < options.length; i += 2) {
            config.put(options[i], options[i + 1]);
        }
        return EventBus.builder("shop")
                .discoverPlugins()
                .plugin(HandlerProvider.class, "webhook", config);
    }

    private static Publication publish(EventBus bus, Event event) throws InterruptedException {
        return bus.publishAndJoin(event, LONG);
    }

    private static WebhookHandler handler(String url, PluginContext context, String... options) {
        Map<String, String> config = new HashMap<>(Map.of("url", url));
        for (int i = 0; i < options.length; i += 2) {
            config.put(options[i], options[i + 1]);
        }
        PluginConfig given = PluginConfig.of("handler 'webhook'", config, context);
        return (WebhookHandler) new WebhookProvider().create(given);
    }

    private static Throwable failure(Publication publication) {
        assertThat(publication.handlerResults()).hasSize(1);
        return publication.handlerResults().get(0).error();
    }

    private static String sign(Endpoint.Call call, byte[] key) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        String head = call.header("webhook-id") + "." + call.header("webhook-timestamp") + ".";
        mac.update(head.getBytes());
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(call.body()));
    }

    @Test
    @DisplayName("EVT-4 posts the CloudEvent in structured mode, signed with HMAC-SHA256")
    void postsTheEvent() throws Exception {
        try (Endpoint endpoint = Endpoint.answering(204);
                EventBus bus =
                        builder(endpoint.url(), "secret", KEY, "authorization", "Bearer abc")
                                .build()) {
            Event event = Event.of("order.placed", Map.of("total", 7)).withHeader("tenant", "ü");
            Publication publication = publish(bus, event);
            assertThat(publication.outcome().ok()).isTrue();
            Endpoint.Call call = endpoint.calls.get(0);
            assertThat(call.method()).isEqualTo("POST");
            assertThat(call.path()).isEqualTo("/hook?token=t0ken");
            assertThat(call.header("content-type"))
                    .isEqualTo("application/cloudevents+json; charset=utf-8");
            assertThat(call.header("authorization")).isEqualTo("Bearer abc");
            assertThat(call.header("webhook-id")).isEqualTo(event.id());
            assertThat(call.header("webhook-signature")).isEqualTo(sign(call, KEY.getBytes()));
            Event received = EventBus.builder("x").eventFormat().decode(call.body());
            assertThat(received.id()).isEqualTo(event.id());
            assertThat(received.source()).isEqualTo("shop");
            assertThat(received.header("tenant")).isEqualTo("ü");
            assertThat(received.payload()).hasToString("{\"total\":7}");
        }
    }

    @Test
    @DisplayName("Signs as the specification's own example has it")
    void signsAsTheSpecification() throws Exception {
        Signature signature =
                Signature.of(dev.jitney.spi.Secret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        assertThat(
                        signature.of(
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                1614265330,
                                "{\"test\": 2432232314}".getBytes()))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    @DisplayName("Tries again what may pass, with one id, and honours retry-after up to its limit")
    void triesAgain() throws Exception {
        try (Endpoint endpoint =
                        new Endpoint(
                                (number, exchange) -> {
                                    exchange.getResponseHeaders().set("retry-after", "100000");
                                    exchange.sendResponseHeaders(number < 3 ? 503 : 200, -1);
                                });
                EventBus bus = builder(endpoint.url(), "most-backoff", "2ms").build()) {
            assertThat(publish(bus, Event.of("a.b", 1)).outcome().ok()).isTrue();
            assertThat(endpoint.calls).hasSize(3);
            assertThat(endpoint.calls.stream().map(call -> call.header("webhook-id")).distinct())
                    .hasSize(1);
            assertThat(endpoint.calls.get(0).header("webhook-signature")).isNull();
        }
    }

    @Test
    @DisplayName(
            "ERR-5 gives up after its attempts: the handler has failed, and its dead letter can be retried")
    void givesUp() throws Exception {
        try (Endpoint endpoint = Endpoint.answering(500, 429, 500, 202);
                EventBus bus = builder(endpoint.url()).build()) {
            Event event = Event.of("a.b", 1);
            assertThat(failure(publish(bus, event)))
                    .isInstanceOf(WebhookException.class)
                    .hasMessage(
                            "Webhook '%s' did not take event '%s' (a.b) in attempt 3 of 3: it answered 500."
                                    .formatted(endpoint.shown(), event.id()));
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(endpoint.calls).as("system events are not posted").hasSize(3);
            List<DeadLetter> letters = bus.deadLetters().list(Filter.all(), 10);
            assertThat(letters).hasSize(1);
            assertThat(bus.deadLetters().retry(letters.get(0).id()).toCompletableFuture().join())
                    .isTrue();
            assertThat(endpoint.calls).hasSize(4);
        }
    }

    @Test
    @DisplayName("What is final is not tried again: 4xx, and a redirect, which is not followed")
    void finalAnswers() throws Exception {
        try (Endpoint endpoint =
                        new Endpoint(
                                (number, exchange) -> {
                                    exchange.getResponseHeaders().set("location", "/other");
                                    exchange.sendResponseHeaders(number == 1 ? 400 : 307, -1);
                                });
                EventBus bus = builder(endpoint.url()).build()) {
            assertThat(failure(publish(bus, Event.of("a.b", 1))))
                    .hasMessageEndingWith(" (a.b) in attempt 1 of 3: it answered 400.");
            assertThat(failure(publish(bus, Event.of("a.b", 2))))
                    .hasMessageEndingWith(" (a.b) in attempt 1 of 3: it answered 307.");
            assertThat(endpoint.calls).hasSize(2);
        }
    }

    @Test
    @DisplayName("TMO-1 an answer that does not come, or does not end, is given up at the limit")
    void limits() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (Endpoint endpoint =
                        new Endpoint(
                                (number, exchange) -> {
                                    if (number > 1) {
                                        exchange.sendResponseHeaders(200, 0);
                                        exchange.getResponseBody().write(1);
                                        exchange.getResponseBody().flush();
                                    }
                                    over.await();
                                });
                EventBus bus = builder(endpoint.url(), "timeout", "1s", "attempts", "2").build()) {
            Event event = Event.of("a.b", 1);
            assertThat(failure(publish(bus, event)))
                    .hasMessage(
                            "Webhook '%s' did not take event '%s' (a.b) in attempt 2 of 2: it did not answer in time."
                                    .formatted(endpoint.shown(), event.id()));
            assertThat(endpoint.calls).hasSize(2);
            over.countDown();
        }
    }

    @Test
    @DisplayName("An endpoint that is not there fails the handler and harms nothing")
    void nobodyThere() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (EventBus bus = builder("http://127.0.0.1:" + port + "/x").build()) {
            Event event = Event.of("a.b", 1);
            assertThat(failure(publish(bus, event)))
                    .hasMessage(
                            "Webhook 'http://127.0.0.1:%d/x' did not take event '%s' (a.b) in attempt 3 of 3: it cannot be reached."
                                    .formatted(port, event.id()))
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    @DisplayName("RED-1 what is sent is masked, unless told otherwise")
    void masks() throws Exception {
        Masker stars = new WordMasker("hunter2", "***");
        try (Endpoint endpoint = Endpoint.answering(200);
                EventBus masked = builder(endpoint.url()).masker(stars).build();
                EventBus plain = builder(endpoint.url(), "mask", "false").masker(stars).build()) {
            Event event = Event.of("a.b", Map.of("p", "hunter2"));
            publish(masked, event);
            publish(plain, event);
            assertThat(new String(endpoint.calls.get(0).body())).contains("***");
            assertThat(new String(endpoint.calls.get(1).body())).contains("hunter2");
        }
    }

    @Test
    @DisplayName("LIF-3 an event that cannot be written fails its handler and leaves nothing open")
    void whatCannotBeWritten() throws Exception {
        try (Endpoint endpoint = Endpoint.answering(200);
                WebhookHandler handler = handler(endpoint.url(), new TckContext())) {
            assertThatThrownBy(() -> handler.handleAsync(Event.of("a.b", new Object())))
                    .isInstanceOf(EventFormatException.class);
            assertThat(handler.underWay()).isZero();
        }
    }

    @Test
    @DisplayName("Closing the bus cancels what is open")
    void closingCancels() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (Endpoint endpoint =
                new Endpoint(
                        (number, exchange) -> {
                            begun.countDown();
                            over.await();
                        })) {
            Publication publication;
            try (EventBus bus = builder(endpoint.url()).closeLimit(Duration.ofMillis(1)).build()) {
                publication = bus.publish(Event.of("a.b", 1));
                begun.await();
            }
            assertThat(publication.join(LONG)).isTrue();
            assertThat(publication.outcome().ok()).isFalse();
            over.countDown();
        }
    }

    @Test
    @DisplayName("Closing between two attempts fails the event; the second is not made")
    void closedBetweenAttempts() throws Exception {
        Waiting waiting = new Waiting();
        try (Endpoint endpoint = Endpoint.answering(503)) {
            WebhookHandler handler = handler(endpoint.url(), waiting, "backoff", "7s");
            CompletableFuture<?> done =
                    handler.handleAsync(Event.of("a.b", 1).withSource("shop"))
                            .toCompletableFuture();
            waiting.begun.await();
            handler.close();
            assertThat(done).isCompletedExceptionally();
            // Throws what the timer throws.
            waiting.context.advance(Duration.ofSeconds(7));
            assertThat(endpoint.calls).hasSize(1);
            assertThat(handler.underWay()).isZero();
        }
    }

    @Test
    @DisplayName("A closed webhook says so, and posts nothing")
    void closed() throws Exception {
        try (Endpoint endpoint = Endpoint.answering(200)) {
            WebhookHandler handler = handler(endpoint.url(), new TckContext());
            handler.close();
            CompletableFuture<?> done =
                    handler.handleAsync(Event.of("a.b", 1).withSource("shop"))
                            .toCompletableFuture();
            // Not join, which throws the failure itself on JDK 17 and another around it on JDK 25.
            assertThat(done.handle((none, error) -> error).join())
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("The webhook was closed.");
            assertThat(endpoint.calls).isEmpty();
            assertThat(handler.underWay()).isZero();
        }
    }

    /** What a bus hands over whose time the test owns, and which tells of its timers. */
    private static final class Waiting implements PluginContext, TimeSource {
        private final TckContext context = new TckContext();
        private final CountDownLatch begun = new CountDownLatch(1);

        @Override
        public EventFormat eventFormat() {
            return context.eventFormat();
        }

        @Override
        public InstantSource clock() {
            return this;
        }

        @Override
        public Instant instant() {
            return context.clock().instant();
        }

        @Override
        public AutoCloseable schedule(Duration delay, Runnable action) {
            AutoCloseable timer = context.clock().schedule(delay, action);
            begun.countDown();
            return timer;
        }
    }

    @Test
    @DisplayName("System topics are posted only where a pattern names them")
    void systemTopics() throws Exception {
        try (Endpoint endpoint = Endpoint.answering(200);
                EventBus bus =
                        builder(endpoint.url(), "topics", "*,system.handler_error").build()) {
            bus.subscribe(
                    "a.b",
                    event -> {
                        throw new IllegalStateException("no stock");
                    });
            publish(bus, Event.of("a.b", 1));
            publish(bus, Event.of("system.other", 2));
            assertThat(bus.awaitIdle(LONG)).isTrue();
            assertThat(endpoint.calls).hasSize(2);
            assertThat(new String(endpoint.calls.get(1).body())).contains("system.handler_error");
        }
    }

    @Test
    @DisplayName("All problems of its configuration come at once, and none shows a secret")
    void allProblemsAtOnce() {
        assertThatThrownBy(
                        () ->
                                builder(
                                                "https://jane:hunter2@example.com",
                                                "secret",
                                                "hunter2",
                                                "authorization",
                                                "hunter2\n",
                                                "attempts",
                                                "0",
                                                "timeout",
                                                "5",
                                                "topics",
                                                "",
                                                "secrets",
                                                "hunter2")
                                        .build())
                .hasMessage(
                        "Configuration of handler 'webhook' has 7 problems: 'url' is no address of an endpoint, expected http:// or https://, a host, perhaps a port from 1 to 65535 and a path, without a user and without a #fragment; a password belongs in 'authorization'; 'topics' holds '', expected topic patterns such as order.*,user.*; 'timeout' is '5', expected a span of time from 1ms to 10m, such as 250ms, 15s or 7d; 'attempts' is 0, expected 1 to 100; 'secret' is not a key, expected 16 characters or more, or whsec_ and base64 of 16 bytes or more; 'authorization' is not the value of a header; 'secrets' is not a known key, did you mean 'secret'?");
    }

    @Test
    @DisplayName("A port that there is not and a fragment, which is never sent, are refused")
    void portsAndFragments() {
        for (String url :
                List.of("http://localhost:99999", "http://localhost:0/", "http://localhost/#top")) {
            assertThatThrownBy(() -> builder(url).build())
                    .hasMessage(
                            "Configuration of handler 'webhook' has a problem: 'url' is no address of an endpoint, expected http:// or https://, a host, perhaps a port from 1 to 65535 and a path, without a user and without a #fragment; a password belongs in 'authorization'.");
        }
    }

    @Test
    @DisplayName("The README lists every option")
    void theReadmeListsEveryOption() throws IOException {
        String options =
                "attempts, authorization, backoff, mask, most-backoff, secret, timeout, topics or url";
        assertThatThrownBy(() -> builder("http://localhost", "zzzzzzzz", "").build())
                .hasMessageEndingWith("'zzzzzzzz' is not a known key, expected " + options + ".");
        String readme = Files.readString(Path.of("README.md"));
        for (String option : options.split(", | or ")) {
            assertThat(readme).contains("| `" + option + "` |");
        }
    }
}
