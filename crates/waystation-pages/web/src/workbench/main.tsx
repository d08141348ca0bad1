import '../shared/theme.css';
import '../shared/base.css';
import './workbench.css';
import { render } from 'preact';
import { Page } from './page';

const place = document.getElementById('page');
if (place) render(<Page />, place);
