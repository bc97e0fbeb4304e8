"""All content: lessons, question banks, and the year's forms."""

from pathlib import Path

from app.assessments import content as assessments
from app.commitments import content as commitments
from app.db import writing
from app.quizzes.content import Loaded, load_all
from app.steps.queries import programmes


def load(root: Path) -> Loaded:
    """Load `lessons/` and `quizzes/` below the root, and make the forms of every year there is a programme of."""
    loaded = load_all(root)
    years = [programme.year for programme in programmes()]
    with writing():
        for year in years:
            assessments.install_forms(year)
            commitments.install_forms(year)
    return loaded
