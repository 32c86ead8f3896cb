// SPDX-License-Identifier: Apache-2.0
package dev.jitney.handler.webhook;

import dev.jitney.event.Event;
import dev.jitney.event.TopicPattern;
import dev.jitney.event.Topics;
import dev.jitney.spi.EventHandler;
import dev.jitney.spi.TimeSource;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Posts events. It holds no thread while it waits: neither for an answer nor between attempts.
 *
 * <p><b>Failures.</b> A connection that fails, a time limit and a status that may pass (408, 425,
 * 429, 5xx) are tried again; everything else that is not 2xx is final. Redirects are not followed:
 * the event would go where nobody has sent it.
 */
final class WebhookHandler implements EventHandler.Staged {

    private final List<TopicPattern> topics;
    private final Requests requests;
    private final Retrying retrying;
    private final Duration timeout;
    private final ExecutorService threads = Executors.newCachedThreadPool(WebhookHandler::thread);
    private final HttpClient client;
    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();
    private final Set<CompletableFuture<?>> sending = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    WebhookHandler(
            List<TopicPattern> topics, Requests requests, Retrying retrying, Duration timeout) {
        this.topics = List.copyOf(topics);
        this.requests = requests;
        this.retrying = retrying;
        this.timeout = timeout;
        this.client =
                HttpClient.newBuilder()
                        .connectTimeout(timeout)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .executor(threads)
                        .build();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "jitney-webhook");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public String name() {
        return WebhookProvider.NAME;
    }

    @Override
    public List<TopicPattern> patterns() {
        return topics;
    }

    /** As long as all attempts may take; the bus's limit of an event counts as well. */
    @Override
    public Duration timeout() {
        return retrying.longest(timeout).plusSeconds(1);
    }

    /**
     * What the bus says of itself only where a pattern names it: its failures would be posted too.
     */
    @Override
    public boolean wants(Event event) {
        if (!Topics.isSystem(event.topic())) {
            return true;
        }
        for (TopicPattern topic : topics) {
            if (Topics.isSystem(topic.text()) && topic.matches(event.topic())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public CompletionStage<?> handleAsync(Event event) {
        // First: an event that cannot be written is never under way.
        byte[] body = requests.body(event);
        CompletableFuture<Void> done = new CompletableFuture<>();
        open.add(done);
        done.whenComplete((none, error) -> open.remove(done));
        // After it is among the open: who closes has set the mark before it ends those.
        if (closed) {
            done.completeExceptionally(closed());
        }
        failing(done, () -> attempt(event, body, 1, done));
        return done;
    }

    /** Returns how many events are under way: for tests. */
    int underWay() {
        return open.size();
    }

    private void attempt(Event event, byte[] body, int attempt, CompletableFuture<Void> done) {
        if (done.isDone()) {
            return;
        }
        CompletableFuture<HttpResponse<Void>> sent =
                client.sendAsync(requests.of(event, body), BodyHandlers.discarding());
        sending.add(sent);
        // The client's own limit ends with the head of an answer; a body may never end.
        CompletableFuture<HttpResponse<Void>> answer =
                sent.copy().orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
        answer.whenComplete(
                (response, error) -> {
                    sending.remove(sent);
                    sent.cancel(true);
                    failing(done, () -> settle(event, body, attempt, done, response, error));
                });
    }

    private void settle(
            Event event,
            byte[] body,
            int attempt,
            CompletableFuture<Void> done,
            @Nullable HttpResponse<Void> response,
            @Nullable Throwable error) {
        int status = response == null ? 0 : response.statusCode();
        if (status >= 200 && status < 300) {
            done.complete(null);
            return;
        }
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        boolean passing = response == null ? isPassing(cause) : Retrying.isPassing(status);
        if (passing && attempt < retrying.attempts()) {
            Duration wait = retrying.after(attempt, asked(response));
            later(wait, done, () -> attempt(event, body, attempt + 1, done));
            return;
        }
        done.completeExceptionally(failure(event, attempt, status, cause));
    }

    private static boolean isPassing(@Nullable Throwable cause) {
        return cause instanceof IOException || cause instanceof TimeoutException;
    }

    private WebhookException failure(
            Event event, int attempt, int status, @Nullable Throwable cause) {
        String what = status > 0 ? "it answered " + status : "it did not answer in time";
        boolean limit =
                cause instanceof TimeoutException
                        || cause instanceof java.net.http.HttpTimeoutException;
        if (status == 0 && !limit) {
            what = "it cannot be reached";
        }
        return new WebhookException(
                "Webhook '%s' did not take event '%s' (%s) in attempt %s of %s: %s."
                        .formatted(
                                requests.shownUrl(),
                                event.id(),
                                event.topic(),
                                attempt,
                                retrying.attempts(),
                                what),
                cause);
    }

    /** Returns for how long the endpoint has asked to be left alone. */
    private static Duration asked(@Nullable HttpResponse<Void> response) {
        String after =
                response == null ? "" : response.headers().firstValue("retry-after").orElse("");
        return after.matches("\\d{1,9}")
                ? Duration.ofSeconds(Long.parseLong(after))
                : Duration.ZERO;
    }

    /**
     * In the bus's time, if that has timers. After the end nothing is open, and there are no
     * threads.
     */
    private void later(Duration wait, CompletableFuture<Void> done, Runnable action) {
        Runnable onThread = () -> failing(done, () -> threads.execute(() -> failing(done, action)));
        InstantSource clock = requests.context().clock();
        if (clock instanceof TimeSource time) {
            time.schedule(wait, onThread);
        } else {
            Executor delayed =
                    CompletableFuture.delayedExecutor(
                            wait.toNanos(), TimeUnit.NANOSECONDS, Runnable::run);
            delayed.execute(onThread);
        }
    }

    /** Fails the event with what the action throws, which nobody else would tell. */
    private static void failing(CompletableFuture<Void> done, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
        }
    }

    /** Cancels what is open: the bus has waited for it, or has given it up. */
    @Override
    public void close() {
        closed = true;
        open.forEach(one -> one.completeExceptionally(closed()));
        sending.forEach(one -> one.cancel(true));
        // From Java 21 on it can be closed; before, its thread ends when it is not used any more.
        if (client instanceof AutoCloseable closeable) {
            closeClient(closeable);
        }
        threads.shutdownNow();
    }

    private static CancellationException closed() {
        return new CancellationException("The webhook was closed.");
    }

    /** As an interrupted thread, for which the client does not wait until all answers are there. */
    private static void closeClient(AutoCloseable client) {
        boolean interrupted = Thread.interrupted();
        Thread.currentThread().interrupt();
        try {
            client.close();
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client could not be closed.", e);
        } finally {
            Thread.interrupted();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
