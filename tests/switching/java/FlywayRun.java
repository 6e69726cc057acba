import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.internal.info.MigrationInfoDumper;

/** What Flyway's command line does, for those who have only its library: FlywayRun -url=... migrate */
public final class FlywayRun {
    public static void main(String[] args) {
        Map<String, String> settings = new HashMap<>();
        List<String> verbs = new ArrayList<>();
        for (String arg : args) {
            if (arg.startsWith("-")) {
                String[] two = arg.substring(1).split("=", 2);
                settings.put("flyway." + two[0], two.length > 1 ? two[1] : "true");
            } else {
                verbs.add(arg);
            }
        }
        try {
            Flyway flyway = Flyway.configure().configuration(settings).load();
            for (String verb : verbs) {
                run(flyway, verb);
            }
        } catch (Exception wrong) {
            System.err.println("ERROR: " + wrong.getMessage());
            System.exit(1);
        }
    }

    private static void run(Flyway flyway, String verb) {
        switch (verb) {
            case "migrate" -> System.out.println("applied " + flyway.migrate().migrationsExecuted);
            case "validate" -> flyway.validate();
            case "baseline" -> flyway.baseline();
            case "repair" -> flyway.repair();
            case "info" -> {
                System.out.println(MigrationInfoDumper.dumpToAsciiTable(flyway.info().all()));
                System.out.println("pending " + flyway.info().pending().length);
            }
            default -> throw new IllegalArgumentException("unknown verb " + verb);
        }
    }
}
