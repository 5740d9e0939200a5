"""The real Ollama, telling from its log what it does."""
import ollama_server

from support.people import request

PLAIN = "smollm2:135m-plain"  # the same model, of which nobody says that it calls tools
PLAIN_MODELFILE = f'''FROM {ollama_server.MODEL}
TEMPLATE """{{{{- range .Messages }}}}<|im_start|>{{{{ .Role }}}}
{{{{ .Content }}}}<|im_end|>
{{{{ end }}}}<|im_start|>assistant
"""
'''
BEGUN, ENDED = 'msg="completion request"', 'msg="context for request finished"'


class WatchedOllama(ollama_server.Ollama):
    def start(self, **more: str) -> "WatchedOllama":
        return super().start(OLLAMA_DEBUG="1", **more)

    def answers_begun(self) -> int:
        return self.log.read_text(errors="replace").count(BEGUN)

    def is_working(self) -> bool:
        """Some answer is being generated, or was cut by a kill."""
        text = self.log.read_text(errors="replace")
        return text.count(BEGUN) > text.count(ENDED)


def model_health(stage) -> dict:
    """What hks-ai-ops says of its model; it is ready whatever that is."""
    status, _, reply = request("http://" + stage.system.addresses["ai-ops-ops"], "GET", "/health/ready")
    assert status == 200 and reply["ready"], reply
    return reply["model"]
