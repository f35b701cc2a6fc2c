package dev.tributary.cli.adapter;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Modules;
import dev.tributary.aggregation.engine.ProductTerms;
import dev.tributary.cli.CliException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How far two adapters' weight changes s·B·A lie apart.
 *
 * @param total over all modules; its name is {@code all}
 */
record AdapterDiff(List<Module> modules, Module total) {

    private static final Set<String> PRODUCTS = Set.of("lora", "rslora", "lora-fa", "pissa", "olora");

    /**
     * One module.
     *
     * @param first Frobenius norm of the first adapter's change
     * @param difference Frobenius norm of the difference of both
     */
    record Module(String module, double first, double second, double difference, double cosine) {

        /** The difference as a share of the larger change. */
        double relative() {
            double larger = Math.max(first, second);
            return larger == 0 ? 0 : difference / larger;
        }
    }

    static AdapterDiff of(PeftDirectory first, PeftDirectory second) {
        Set<String> names = new TreeSet<>(modules(first));
        names.addAll(modules(second));
        List<Module> modules = new ArrayList<>();
        double firstSquared = 0;
        double secondSquared = 0;
        double differenceSquared = 0;
        double inner = 0;
        for (String name : names) {
            Module module = compare(name, first, second);
            modules.add(module);
            firstSquared += module.first() * module.first();
            secondSquared += module.second() * module.second();
            differenceSquared += module.difference() * module.difference();
            inner += module.cosine() * module.first() * module.second();
        }
        return new AdapterDiff(
                modules,
                new Module(
                        "all",
                        Math.sqrt(firstSquared),
                        Math.sqrt(secondSquared),
                        Math.sqrt(differenceSquared),
                        cosine(inner, firstSquared, secondSquared)));
    }

    private static List<String> modules(PeftDirectory peft) {
        String type = peft.config().adapter().type();
        if (!PRODUCTS.contains(type)) {
            throw new CliException("a " + type + " adapter is no product B·A; only LoRA adapters can be compared");
        }
        return Modules.with(peft.tensors().layout(), TensorRole.LORA_A);
    }

    private static Module compare(String name, PeftDirectory first, PeftDirectory second) {
        ProductTerms terms = new ProductTerms();
        boolean inFirst = add(terms, name, first);
        boolean inSecond = add(terms, name, second);
        double[] a = coefficients(inFirst ? 1 : 0, terms.size(), 0);
        double[] b = coefficients(inSecond ? 1 : 0, terms.size(), terms.size() - 1);
        double[] difference = new double[terms.size()];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = a[i] - b[i];
        }
        double[][] gram = terms.gram();
        double firstSquared = ProductTerms.inner(gram, a, a);
        double secondSquared = ProductTerms.inner(gram, b, b);
        return new Module(
                name,
                Math.sqrt(firstSquared),
                Math.sqrt(secondSquared),
                terms.norm(difference),
                cosine(ProductTerms.inner(gram, a, b), firstSquared, secondSquared));
    }

    private static double[] coefficients(double value, int size, int index) {
        double[] coefficients = new double[size];
        coefficients[index] = value;
        return coefficients;
    }

    private static double cosine(double inner, double firstSquared, double secondSquared) {
        double norms = Math.sqrt(firstSquared * secondSquared);
        return norms == 0 ? 0 : inner / norms;
    }

    private static boolean add(ProductTerms terms, String module, PeftDirectory peft) {
        TensorSource tensors = peft.tensors();
        if (!tensors.layout().names().contains(Modules.a(module))) {
            return false;
        }
        AdapterConfig config = peft.config().adapter();
        terms.add(
                Matrix.read(tensors, Modules.b(module), config.scalingOf(module)),
                Matrix.read(tensors, Modules.a(module), 1));
        return true;
    }
}
