// SPDX-License-Identifier: Apache-2.0
package dev.jitney.example;

import dev.jitney.EventBus;
import dev.jitney.event.Event;
import dev.jitney.spi.EventValidatorProvider;
import dev.jitney.spi.HandlerProvider;
import dev.jitney.spi.ValidationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Somebody's program, without the plugin on its class path; says what the plugin does. */
final class Host {

    private Host() {}

    public static void main(String[] args) throws Exception {
        try {
            Class.forName("dev.jitney.example.TallyProvider");
            System.out.println("The plugin is on the class path");
        } catch (ClassNotFoundException e) {
            System.out.println("The plugin is not on the class path");
        }
        // README
        EventBus bus =
                EventBus.builder("shop")
                        .pluginDirectories(List.of(Path.of(args[0])))
                        .plugin(HandlerProvider.class, "tally", Map.of("every", "2"))
                        .plugin(
                                EventValidatorProvider.class,
                                "required-header",
                                Map.of("header", "tenant"))
                        .build();
        // README end
        bus.subscribe("tally.*", Host::show);
        Event order = Event.builder("order.placed").header("tenant", "acme").build();
        for (int i = 0; i < 4; i++) {
            bus.publish(order.renew());
        }
        try {
            bus.publish("order.placed", null);
        } catch (ValidationException e) {
            System.out.println(e.getMessage());
        }
        bus.awaitIdle(Duration.ofSeconds(20));
        System.out.println(bus.pluginProblems());
        bus.close();
    }

    private static void show(Event event) {
        Object payload = event.payload();
        System.out.println(payload + " by " + payload.getClass().getClassLoader().getName());
    }
}
