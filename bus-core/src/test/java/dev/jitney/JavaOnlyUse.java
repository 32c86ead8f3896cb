// SPDX-License-Identifier: Apache-2.0
package dev.jitney;

import dev.jitney.event.Event;
import dev.jitney.event.Severity;
import dev.jitney.event.Topic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** The Java API as an application uses it, for {@link JavaOnlyTest}. */
final class JavaOnlyUse {

    private static final Duration LONG = Duration.ofSeconds(20);

    @Topic("user.login")
    record UserLogin(String username) {}

    private JavaOnlyUse() {}

    /** Uses every way to handle, to publish, to wait and to look back; returns who has handled. */
    static List<String> run() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (EventBus bus =
                        EventBus.builder("orders")
                                .ordering(Ordering.KEYED)
                                .handlerTimeout(LONG)
                                .build();
                Scope scope = bus.scope()) {
            SubscribeOptions late =
                    SubscribeOptions.builder()
                            .priority(10)
                            .retry(RetryPolicy.fixed(2, Duration.ZERO))
                            .build();
            scope.subscribe("user.*", event -> seen.add("plain"));
            bus.subscribeReplying("user.login", late, event -> reply(seen, event));
            bus.subscribeAsync(
                    "user.login",
                    SubscribeOptions.builder().priority(200).build(),
                    event -> CompletableFuture.runAsync(() -> seen.add("stage")));
            bus.subscribeDelivery(
                    "user.login",
                    SubscribeOptions.builder().priority(1).build(),
                    delivery -> {
                        seen.add("delivery");
                        delivery.complete(null);
                    });
            Event event = Event.builder(new UserLogin("alice")).severity(Severity.INFO).build();
            Publication publication = bus.publishAndJoin(event, LONG);
            if (!"hello alice".equals(publication.result(String.class))) {
                throw new IllegalStateException("no reply: " + publication);
            }
            String again = bus.request("user.login", new UserLogin("bob"), String.class, LONG);
            if (!"hello bob".equals(again) || bus.filter(FindOptions.of("user.*"), 5).size() != 2) {
                throw new IllegalStateException("not found: " + bus.logTree());
            }
            return List.copyOf(seen.subList(0, 4));
        }
    }

    private static String reply(List<String> seen, Event event) {
        seen.add("reply");
        UserLogin login = event.payload(UserLogin.class);
        return "hello " + (login == null ? "nobody" : login.username());
    }
}
