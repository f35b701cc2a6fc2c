package dev.tributary.aggregation.export;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.plan.Job;
import dev.tributary.plan.ModelDescriptor;
import java.util.stream.Collectors;

/** The README.md of an exported adapter: what it is, and how to load it in Python. */
final class ModelCard {

    private ModelCard() {}

    static String text(
            ModelDescriptor model, Job.Task task, AdapterConfig adapter, boolean hasHead, double relativeError) {
        return """
                ---
                library_name: peft
                base_model: %1$s
                tags: [lora, federated-learning, tributary]
                ---

                # LoRA adapter for %1$s

                Trained by federated learning with Tributary. It belongs on the **unmodified** base model; whatever the
                training folded into the base is part of the adapter, as extra rank.

                | | |
                |---|---|
                | base model | %1$s (%2$s), SHA-256 of the weights %3$s |
                | adapter | LoRA, rank %4$d, alpha %5$s, on %6$s |
                | task | %7$s |
                | difference to the trained model | %8$s relative (Frobenius norm of the weight change) |

                ## Use

                Needs `pip install torch transformers peft safetensors`. Put the base model's directory in place of
                `BASE`.

                ```python
                %9$s```
                """.formatted(
                        model.name(),
                        model.architecture(),
                        model.weightsSha256(),
                        adapter.rank(),
                        number(adapter.alpha()),
                        adapter.targetModules().stream().map(m -> "`" + m + "`").collect(Collectors.joining(", ")),
                        task.isClassification()
                                ? "sequence classification, labels " + String.join(", ", task.labels())
                                : "causal language modelling",
                        relativeError == 0 ? "none" : "%.1e".formatted(relativeError),
                        hasHead ? classification(model, task) : causal(model));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    private static String classification(ModelDescriptor model, Job.Task task) {
        String loading = """
                import torch
                from peft import PeftModel
                from safetensors.torch import load_file
                from transformers import AutoTokenizer, %1$s

                labels = [%2$s]
                tokenizer = AutoTokenizer.from_pretrained("BASE")
                model = %1$s.from_pretrained("BASE")
                head = load_file("head.safetensors")  # beside this adapter directory
                """.formatted(
                        model.architecture(),
                        task.labels().stream().map(ModelCard::quoted).collect(Collectors.joining(", ")));
        if (task.pooling().equals("model")) {
            return loading + """
                    model.load_state_dict(head, strict=False)
                    model = PeftModel.from_pretrained(model, "adapter").eval()

                    batch = tokenizer(["A text."], padding=True, truncation=True, max_length=%d, return_tensors="pt")
                    with torch.no_grad():
                        logits = model(**batch).logits
                    print(labels[logits.argmax(-1)[0]], logits.softmax(-1))
                    """.formatted(task.maxLength());
        }
        String pooling = task.pooling().equals("cls")
                ? "    pooled = hidden[:, 0]\n"
                : "    mask = batch[\"attention_mask\"].unsqueeze(-1).float()\n"
                        + "    pooled = (hidden * mask).sum(1) / mask.sum(1)\n";
        return loading + """
                model = PeftModel.from_pretrained(model, "adapter").eval()

                batch = tokenizer(["A text."], padding=True, truncation=True, max_length=%d, return_tensors="pt")
                with torch.no_grad():
                    hidden = model(**batch, output_hidden_states=True).hidden_states[-1]
                %s    logits = pooled @ head["classifier.weight"].T + head["classifier.bias"]
                print(labels[logits.argmax(-1)[0]], logits.softmax(-1))
                """.formatted(task.maxLength(), pooling);
    }

    private static String causal(ModelDescriptor model) {
        return """
                from peft import PeftModel
                from transformers import AutoTokenizer, %1$s

                tokenizer = AutoTokenizer.from_pretrained("BASE")
                model = PeftModel.from_pretrained(%1$s.from_pretrained("BASE"), "adapter").eval()
                batch = tokenizer("A text", return_tensors="pt")
                print(tokenizer.decode(model.generate(**batch, max_new_tokens=40)[0]))
                """.formatted(model.architecture());
    }

    private static String quoted(String label) {
        return "\"" + label.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
